package host

import (
	"sync"
	"time"
)

// patience is how long an announced answer waits to be fetched.
const patience = 10 * time.Second

// stream is an answer whose head has left on a lane, and whose chunks go by the connection that fetches it.
type stream struct {
	call   *Call
	number uint32
	timer  *time.Timer

	mu sync.Mutex
	// by is the connection that has fetched it.
	by *connection
	// over says that nobody will fetch it any more.
	over bool
	// known is closed when either is the case.
	known chan struct{}
}

// announce gives the call's answer a number. It returns nil if the call is cancelled already.
func (c *Call) announce() *stream {
	h := c.conn.host
	s := &stream{call: c, known: make(chan struct{})}
	c.conn.mu.Lock()
	defer c.conn.mu.Unlock()
	if c.cancelled {
		return nil
	}
	c.stream = s
	h.mu.Lock()
	defer h.mu.Unlock()
	for s.number == 0 || h.streams[s.number] != nil {
		h.lastStream++
		s.number = h.lastStream
	}
	h.streams[s.number] = s
	s.timer = time.AfterFunc(patience, func() {
		if h.takeStream(s.number) == s {
			c.cancel(true)
		}
	})
	return s
}

// takeStream removes a stream from those that wait to be fetched.
func (h *host) takeStream(number uint32) *stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.streams[number]
	delete(h.streams, number)
	return s
}

// fetch takes the chunks of an announced answer to this connection. It is false where there is none of that number.
func (c *connection) fetch(number uint32) bool {
	s := c.host.takeStream(number)
	if s == nil {
		return false
	}
	s.timer.Stop()
	c.mu.Lock()
	free := c.stream == nil && len(c.calls) == 0
	if free {
		c.stream = s
	}
	c.mu.Unlock()
	if !free || !s.attach(c) {
		c.mu.Lock()
		if c.stream == s {
			c.stream = nil
		}
		c.mu.Unlock()
		s.call.cancel(true)
		return false
	}
	return true
}

func (s *stream) attach(c *connection) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.by = c
	close(s.known)
	return true
}

// connection waits for the one that fetches, and is nil where none will.
func (s *stream) connection() *connection {
	<-s.known
	return s.by
}

// drop is called when the call is cancelled: what waits for this stream, or writes to it, comes back.
func (s *stream) drop() {
	s.call.conn.host.takeStream(s.number)
	s.timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by != nil {
		s.by.interrupt()
	} else if !s.over {
		s.over = true
		close(s.known)
	}
}

// cut gives up the connection when what was written has left.
func (s *stream) cut() {
	s.mu.Lock()
	by := s.by
	s.mu.Unlock()
	if by != nil {
		by.out.flush()
	}
	s.drop()
}

// release lets the connection go: it takes the next call, or is closed where it was given up.
func (s *stream) release() {
	s.mu.Lock()
	by := s.by
	s.mu.Unlock()
	if by == nil {
		return
	}
	by.mu.Lock()
	if by.stream == s {
		by.stream = nil
	}
	by.mu.Unlock()
	by.closeIfLost()
}
