package host

import (
	"io"
	"sync"

	"handler/early/wire"
)

// ahead is how much of a body is read before the function asks for it. Small ones are then read to their end, behind which
// the end of the connection can be seen.
const ahead = 1 << 16

// incoming is a request body that arrives in chunks. The connection's reader puts pieces in, the function takes them out;
// whoever is too fast waits, and with the reader the socket.
type incoming struct {
	mu     sync.Mutex
	change sync.Cond
	held   []byte
	at     int // where in held the function reads on
	ended  bool
	// unwanted says that the call has been answered: what still comes is thrown away.
	unwanted bool
	closed   bool
	cut      bool
}

func newIncoming() *incoming {
	b := &incoming{}
	b.change.L = &b.mu
	return b
}

// pump brings all chunks, and is false where the connection is not to be used any more.
func (b *incoming) pump(from *reader) bool {
	defer from.narrow(smallRoom)
	for {
		if from.fill(4) != nil {
			b.interrupt()
			return false
		}
		left := int64(wire.Chunk(from.unread))
		from.unread = from.unread[4:]
		if left == 0 {
			return b.end()
		}
		for left > 0 {
			if len(from.unread) == 0 && from.more(1) != nil {
				b.interrupt()
				return false
			}
			piece := from.unread[:min(left, int64(len(from.unread)))]
			if !b.put(piece) {
				return false
			}
			from.unread = from.unread[len(piece):]
			left -= int64(len(piece))
		}
	}
}

// put waits until there is room for all of a piece, and is false where the body was cut meanwhile.
func (b *incoming) put(piece []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(piece) > 0 && !b.unwanted && !b.closed {
		for len(b.held)-b.at >= ahead && !b.cut && !b.unwanted && !b.closed {
			b.change.Wait()
		}
		if b.cut {
			return false
		}
		n := min(len(piece), ahead-(len(b.held)-b.at))
		if b.at > 0 && len(b.held)+n > cap(b.held) {
			b.held = b.held[:copy(b.held, b.held[b.at:])]
			b.at = 0
		}
		b.held = append(b.held, piece[:n]...)
		piece = piece[n:]
		b.change.Broadcast()
	}
	return !b.cut
}

func (b *incoming) end() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	b.change.Broadcast()
	return !b.unwanted && !b.cut
}

// Read gives the function what has come. Half a body never ends with io.EOF.
func (b *incoming) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		switch {
		case b.closed, b.unwanted:
			return 0, errClosedBody
		case b.cut:
			return 0, io.ErrUnexpectedEOF
		case len(p) == 0:
			return 0, nil
		}
		if n := copy(p, b.held[b.at:]); n > 0 {
			full := len(b.held)-b.at >= ahead
			if b.at += n; b.at == len(b.held) {
				b.held, b.at = b.held[:0], 0
			}
			if full {
				b.change.Broadcast()
			}
			return n, nil
		}
		if b.ended {
			return 0, io.EOF
		}
		b.change.Wait()
	}
}

// Close says that the function wants no more of it.
func (b *incoming) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.change.Broadcast()
	return nil
}

// interrupt ends a body that will never be whole, or that nobody waits for.
func (b *incoming) interrupt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.cut = true
	}
	b.change.Broadcast()
}

// leave is called when the call has been answered. It is false where the body has not ended yet.
func (b *incoming) leave() (ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unwanted = !b.ended
	b.change.Broadcast()
	return b.ended
}
