package host

import (
	"context"
	"strconv"
	"time"

	"handler/early/wire"
)

// LargestWhole is the largest body that an answer may have which comes whole.
const LargestWhole = wire.SmallBody

// largestHead keeps an answer below the size of a frame, whatever its body.
const largestHead = wire.LargestFrame - wire.SmallBody - 4096

// Answer gives the whole answer: header lines and a body. Whoever comes second is not heard.
func (c *Call) Answer(status int, head, body []byte) {
	if c.answered {
		return
	}
	if len(head) > largestHead {
		c.Fault("the headers of the answer are larger than a frame")
		return
	}
	small := len(body) <= LargestWhole
	if !small || c.HeadOnly() && len(body) > 0 {
		head = append(strconv.AppendInt(append(head, "content-length:"...), int64(len(body)), 10), '\n')
	}
	if c.HeadOnly() {
		body = nil
	} else if !small {
		if c.Begin(status, head) == nil {
			c.Write(body)
		}
		return
	}
	c.answered = true
	c.send(wire.Header{Type: wire.Answer, Status: status}, head, body)
}

// Fault answers that the function has failed, or that its answer can't be expressed. One that has begun to stream is cut off.
func (c *Call) Fault(text string) {
	if c.streaming {
		c.cutStream()
	}
	if c.answered {
		return
	}
	c.answered = true
	body := []byte(text)
	if c.HeadOnly() {
		body = nil
	} else if len(body) > LargestWhole {
		body = body[:LargestWhole]
	}
	head := []byte("content-type:text/plain; charset=utf-8\n")
	c.send(wire.Header{Type: wire.Answer, Flags: wire.Fault, Status: 500}, head, body)
}

// HeadOnly says that the caller wants the headers and no body.
func (c *Call) HeadOnly() bool { return c.Method == "HEAD" }

// send sends the one frame that ends the call.
func (c *Call) send(frame wire.Header, head, body []byte) {
	if !c.claim() {
		return
	}
	frame.ID = c.id
	frame.Aux = uint32(max(1, min(time.Since(c.arrived).Microseconds(), 1<<32-1)))
	out := &c.conn.out
	writes := out.frame(frame, head, body)
	if c.incoming == nil {
		if writes {
			out.write()
		}
		return
	}
	if writes {
		out.writeNow()
	}
	c.leaveBody()
}

// leaveBody is called when everything has been sent on a side connection. What still comes of a body that was not waited for
// belongs to nobody, and the connection is not used again.
func (c *Call) leaveBody() {
	if !c.incoming.leave() {
		c.conn.socket.CloseWrite()
	}
}

// Begin begins an answer whose body comes in pieces. On a lane only the head leaves now.
func (c *Call) Begin(status int, head []byte) error {
	if c.answered {
		return context.Canceled
	}
	if len(head) > largestHead {
		c.Fault("the headers of the answer are larger than a frame")
		return context.Canceled
	}
	c.answered = true
	frame := wire.Header{ID: c.id, Type: wire.Head, Status: status}
	if c.incoming != nil {
		frame.Flags = wire.Stream
	} else if stream := c.announce(); stream != nil {
		frame.Aux = stream.number
	} else {
		return context.Canceled
	}
	c.streaming = true
	if c.conn.out.frame(frame, head, nil) {
		// On a side connection together with the first chunk, where that is there.
		go c.conn.out.write()
	}
	return nil
}

// Write sends a piece of a body that was begun, or waits until it can be sent.
func (c *Call) Write(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	out, err := c.outlet()
	if err != nil {
		return err
	}
	return out.chunk(p)
}

// Flush returns when all that was written has left.
func (c *Call) Flush() error {
	out, err := c.outlet()
	if err != nil {
		return err
	}
	return out.flush()
}

// outlet is where chunks go.
func (c *Call) outlet() (*outbox, error) {
	if !c.streaming || c.Cancelled() {
		return nil, context.Canceled
	}
	if c.incoming != nil {
		return &c.conn.out, nil
	}
	fetching := c.stream.connection()
	if fetching == nil {
		return nil, context.Canceled
	}
	return &fetching.out, nil
}

var lastChunk = []byte{0, 0, 0, 0}

// endStream ends the body, unless the call has been cancelled.
func (c *Call) endStream() {
	c.streaming = false
	out := &c.conn.out
	if c.incoming == nil {
		fetching := c.stream.connection()
		if fetching == nil || !c.claim() {
			c.stream.release()
			return
		}
		out = &fetching.out
		c.stream.release()
	} else if !c.claim() {
		return
	}
	if out.bytes(lastChunk) {
		out.writeNow()
	} else {
		out.flush()
	}
	if c.incoming != nil {
		c.leaveBody()
	}
}

// cutStream ends the connection without a last chunk: the body will never be whole.
func (c *Call) cutStream() {
	c.streaming = false
	if c.incoming == nil {
		if c.claim() {
			c.stream.cut()
		}
		c.stream.release()
		return
	}
	if c.claim() {
		c.conn.out.flush()
		c.conn.interrupt()
	}
}
