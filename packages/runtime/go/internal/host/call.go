package host

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"handler/early/wire"
)

// Call is one call, from its frame to its end. It ends exactly once: as an answer, as a stream, or cancelled.
type Call struct {
	conn    *connection
	id      uint32
	arrived time.Time
	context callContext

	// Method and Target are the first line of its head, the target as the caller sent it.
	Method, Target string
	// head are the lines after the first.
	head string
	// body is the whole body of a small call, incoming that of one which streams.
	body     []byte
	incoming *incoming

	// Under the lock of the connection: over says that its end has been decided, cancelled that nobody waits for it, and
	// silent that nobody waits to hear of its end either.
	over, cancelled, silent bool
	// stream is where the chunks go of an answer that was announced on a lane.
	stream *stream
	// answered says that an answer has been begun. Only the goroutine of the handler looks at it.
	answered bool
	// streaming says that its head is out and chunks follow.
	streaming bool
}

var errClosedBody = errors.New("the body has been closed")

func newCall(conn *connection, frame wire.Header, head, body []byte) *Call {
	c := &Call{conn: conn, id: frame.ID, arrived: conn.in.at}
	first, rest, _ := strings.Cut(string(head), "\n")
	c.Method, c.Target, _ = strings.Cut(first, " ")
	c.head = rest
	if frame.Flags&wire.Stream != 0 {
		c.incoming = newIncoming()
	} else if len(body) > 0 {
		c.body = append([]byte(nil), body...)
	}
	if frame.Aux > 0 {
		c.context.deadline = c.arrived.Add(time.Duration(frame.Aux) * time.Millisecond)
	}
	return c
}

// Context is cancelled when nobody waits any more, when the deadline has passed, and when the call is over.
func (c *Call) Context() context.Context { return &c.context }

// Headers gives the headers in the order in which they came, their names and values as they came.
func (c *Call) Headers(yield func(name, value string)) {
	for rest := c.head; rest != ""; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if name, value, ok := strings.Cut(line, ":"); ok {
			yield(name, trim(value))
		}
	}
}

// trim removes blanks, which are hardly ever there.
func trim(value string) string {
	if value != "" && (value[0] <= ' ' || value[len(value)-1] <= ' ') {
		return strings.Trim(value, " \t")
	}
	return value
}

// HeaderLines is how many there are at most.
func (c *Call) HeaderLines() int { return strings.Count(c.head, "\n") }

// Streams says that the body comes in pieces: its length may be known from a header, or by nobody.
func (c *Call) Streams() bool { return c.incoming != nil }

// Small is the body of a call that does not stream.
func (c *Call) Small() []byte { return c.body }

// Stream is the body of a call that does.
func (c *Call) Stream() io.ReadCloser { return c.incoming }

// Cancelled says that nobody waits for the answer any more.
func (c *Call) Cancelled() bool {
	c.conn.mu.Lock()
	defer c.conn.mu.Unlock()
	return c.cancelled
}

// run is the call's goroutine.
func (c *Call) run() {
	c.serve()
	c.conclude()
}

func (c *Call) conclude() {
	c.finish()
	c.conn.host.end()
}

// claim decides how the call ends, unless it is cancelled already. It is made before the last bytes leave: who has them may
// use the id, and the connection, again.
func (c *Call) claim() bool {
	conn := c.conn
	conn.mu.Lock()
	if c.cancelled || c.over {
		conn.mu.Unlock()
		return false
	}
	c.over = true
	delete(conn.calls, c.id)
	conn.mu.Unlock()
	c.forget()
	return true
}

// forget removes a call that came by a side connection from the host's list.
func (c *Call) forget() {
	if c.incoming == nil {
		return
	}
	h := c.conn.host
	h.mu.Lock()
	if h.aside[c.id] == c {
		delete(h.aside, c.id)
	}
	h.mu.Unlock()
}

// cancel tells the function that nobody waits. silent: nobody waits to hear that it is done either.
func (c *Call) cancel(silent bool) {
	conn := c.conn
	conn.mu.Lock()
	if c.over {
		conn.mu.Unlock()
		return
	}
	first := !c.cancelled
	c.cancelled = true
	c.silent = silent && (first || c.silent)
	stream := c.stream
	conn.mu.Unlock()
	if !first {
		return
	}
	c.context.end()
	if c.incoming != nil {
		c.incoming.interrupt()
		conn.interrupt()
	}
	if stream != nil {
		stream.drop()
	}
}

// finish is called when the handler has returned: whatever is still owed to the gateway leaves now.
func (c *Call) finish() {
	conn := c.conn
	c.context.end()
	if c.streaming {
		c.endStream()
	}
	conn.mu.Lock()
	done := !c.over && !c.silent && !conn.lost && c.incoming == nil
	if !c.over {
		c.over = true
		if conn.calls[c.id] == c {
			delete(conn.calls, c.id)
		}
	}
	conn.mu.Unlock()
	c.forget()
	if done && conn.out.frame(wire.Header{ID: c.id, Type: wire.Done}, nil, nil) {
		conn.out.write()
	}
	conn.closeIfLost()
}
