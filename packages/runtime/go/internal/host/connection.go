package host

import (
	"net"
	"sync"
	"time"

	"handler/early"
	"handler/early/wire"
)

// connection is one of the gateway's. A lane and a side connection differ only in what comes by them.
type connection struct {
	host   *host
	socket *net.UnixConn
	in     reader
	out    outbox

	mu sync.Mutex
	// calls are the open calls that came by this connection.
	calls map[uint32]*Call
	// stream is the answer that is fetched by it.
	stream *stream
	// lost says that nobody is on the other side, closed that the socket is.
	lost, closed bool
}

// past is a deadline that lets every read or write return.
var past = time.Unix(1, 0)

// serve reads a connection until its end.
func (h *host) serve(socket net.Conn, old early.Connection) {
	c := &connection{host: h, socket: socket.(*net.UnixConn), calls: map[uint32]*Call{}}
	c.in = reader{from: c.socket, buffer: old.Pending, unread: old.Pending}
	c.out.open(c.socket)
	h.mu.Lock()
	h.connections[c] = struct{}{}
	h.mu.Unlock()
	if old.Loads {
		c.loaded()
	}
	for c.frame() {
	}
	c.gone()
}

// frame takes the next frame, and is false when there is none any more.
func (c *connection) frame() bool {
	frame, head, body, err := c.in.frame()
	if err != nil {
		return false
	}
	switch frame.Type {
	case wire.Call:
		return c.call(frame, head, body)
	case wire.Fetch:
		return c.fetch(frame.Aux)
	case wire.Cancel:
		if frame.Aux == 0 {
			c.cancel(frame.ID)
		} else {
			c.host.cancelAside(frame.ID)
		}
	case wire.Ping:
		c.say(wire.Header{ID: frame.ID, Type: wire.Pong}, nil)
	case wire.Load:
		c.refuse("again", "this host already has its function")
	case wire.Stop:
		c.host.stop()
	}
	return true
}

// call starts the function for a call, and brings its body if that streams.
func (c *connection) call(frame wire.Header, head, body []byte) bool {
	call := newCall(c, frame, head, body)
	c.mu.Lock()
	// A side connection takes the next call when both bodies of the last have ended.
	broken := c.calls[call.id] != nil || c.stream != nil || call.incoming != nil && len(c.calls) > 0
	if !broken {
		c.calls[call.id] = call
	}
	c.mu.Unlock()
	if broken {
		return false
	}
	if call.incoming == nil {
		c.host.run(call)
		return true
	}
	if !c.host.admitAside(call) {
		call.claim()
		return false
	}
	c.host.run(call)
	return call.incoming.pump(&c.in)
}

// say appends a frame of the host's own. The reader never waits for a write, which may wait for the reader.
func (c *connection) say(frame wire.Header, head []byte) {
	if c.out.frame(frame, head, nil) {
		go c.out.write()
	}
}

// gone is called when nothing can be read any more: the end of all that is open here. The socket is closed when the last of
// it has returned, which is how the gateway learns of that.
func (c *connection) gone() {
	c.mu.Lock()
	c.lost = true
	calls := make([]*Call, 0, len(c.calls))
	for _, call := range c.calls {
		calls = append(calls, call)
	}
	fetched := c.stream
	c.mu.Unlock()
	c.socket.SetWriteDeadline(past)
	for _, call := range calls {
		call.cancel(true)
	}
	if fetched != nil {
		fetched.call.cancel(true)
	}
	c.closeIfLost()
	c.host.mu.Lock()
	delete(c.host.connections, c)
	c.host.mu.Unlock()
}

// closeIfLost closes the socket if nobody is on the other side and nothing is open here any more.
func (c *connection) closeIfLost() {
	c.mu.Lock()
	closes := c.lost && !c.closed && len(c.calls) == 0 && c.stream == nil
	if closes {
		c.closed = true
	}
	c.mu.Unlock()
	if closes {
		c.socket.Close()
	}
}

// interrupt lets what reads or writes here return at once: this connection is given up.
func (c *connection) interrupt() { c.socket.SetDeadline(past) }
