package host

import (
	"net"
	"runtime"
	"sync"

	"handler/early/wire"
)

const (
	// gathered is how much of a stream may wait to be written.
	gathered = 1 << 16
	// direct is from which size on a piece is worth a write of its own instead of being copied.
	direct = 1 << 14
	// kept is the largest buffer that is used again.
	kept = 1 << 17
)

// outbox collects what is to leave by a connection. One goroutine at a time writes, and takes all that has gathered with each
// write; the others only append.
type outbox struct {
	socket net.Conn

	mu      sync.Mutex
	quiet   sync.Cond // nobody writes any more
	writing bool
	pending []byte
	spare   []byte
	broken  error
}

func (o *outbox) open(socket net.Conn) {
	o.socket = socket
	o.quiet.L = &o.mu
}

// frame appends a frame. Whoever gets true has to call write.
func (o *outbox) frame(header wire.Header, head, body []byte) (writes bool) {
	header.Head, header.Body = len(head), len(body)
	o.mu.Lock()
	o.pending = wire.Append(o.pending, header)
	o.pending = append(o.pending, head...)
	o.pending = append(o.pending, body...)
	writes = !o.writing
	o.writing = true
	o.mu.Unlock()
	return writes
}

// bytes appends bytes as they are. Whoever gets true has to call write.
func (o *outbox) bytes(p []byte) (writes bool) {
	o.mu.Lock()
	o.pending = append(o.pending, p...)
	writes = !o.writing
	o.writing = true
	o.mu.Unlock()
	return writes
}

// write writes until there is nothing left. First others that are ready to append get their turn: one write for all of them
// costs hardly more than one for each.
func (o *outbox) write() {
	runtime.Gosched()
	o.mu.Lock()
	o.writeAll()
	o.mu.Unlock()
}

// writeNow is write without waiting for others.
func (o *outbox) writeNow() {
	o.mu.Lock()
	o.writeAll()
	o.mu.Unlock()
}

// writeAll is called under the lock by the one who writes, who is that no more afterwards.
func (o *outbox) writeAll() {
	for len(o.pending) > 0 && o.broken == nil {
		batch := o.pending
		o.pending, o.spare = o.spare, nil
		o.mu.Unlock()
		_, err := o.socket.Write(batch)
		o.mu.Lock()
		o.wrote(batch, err)
	}
	o.pending = o.pending[:0]
	o.writing = false
	o.quiet.Broadcast()
}

func (o *outbox) wrote(batch []byte, err error) {
	if cap(batch) <= kept {
		o.spare = batch[:0]
	}
	if err != nil {
		o.broken = err
	}
}

// chunk appends a piece of a body. It returns when there is room for the next.
func (o *outbox) chunk(p []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(p) >= direct || len(o.pending)+len(p) > gathered {
		return o.chunkNow(p)
	}
	o.pending = append(wire.Append32(o.pending, uint32(len(p))), p...)
	if !o.writing {
		o.writing = true
		go o.write()
	}
	return o.broken
}

// chunkNow writes a piece without copying it.
func (o *outbox) chunkNow(p []byte) error {
	o.take()
	batch := wire.Append32(o.pending, uint32(len(p)))
	o.pending, o.spare = o.spare, nil
	if o.broken == nil {
		o.mu.Unlock()
		both := net.Buffers{batch, p}
		_, err := both.WriteTo(o.socket)
		o.mu.Lock()
		o.wrote(batch, err)
	}
	o.writeAll()
	return o.broken
}

// take waits until nobody writes, and is then the one who does.
func (o *outbox) take() {
	for o.writing {
		o.quiet.Wait()
	}
	o.writing = true
}

// flush returns when all has been written.
func (o *outbox) flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.take()
	o.writeAll()
	return o.broken
}

// rest lets go of the buffers while nothing happens.
func (o *outbox) rest() {
	o.mu.Lock()
	if !o.writing {
		o.pending, o.spare = nil, nil
	}
	o.mu.Unlock()
}
