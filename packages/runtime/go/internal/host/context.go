package host

import (
	"context"
	"sync"
	"time"
)

// callContext is a call's context. Most functions never look at theirs, so the real one, with its timer, is made when somebody
// does.
type callContext struct {
	deadline time.Time

	mu    sync.Mutex
	real  context.Context
	stop  context.CancelFunc
	ended bool
}

func (c *callContext) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }
func (c *callContext) Done() <-chan struct{}       { return c.get().Done() }
func (c *callContext) Err() error                  { return c.get().Err() }

// Value knows nothing of its own; the real one lets contexts that are derived from it recognise it as one of their kind.
func (c *callContext) Value(key any) any { return c.get().Value(key) }

func (c *callContext) get() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil {
		if c.deadline.IsZero() {
			c.real, c.stop = context.WithCancel(context.Background())
		} else {
			c.real, c.stop = context.WithDeadline(context.Background(), c.deadline)
		}
		if c.ended {
			c.stop()
		}
	}
	return c.real
}

func (c *callContext) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.stop != nil {
		c.stop()
	}
}
