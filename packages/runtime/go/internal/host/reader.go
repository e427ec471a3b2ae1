package host

import (
	"errors"
	"io"
	"time"

	"handler/early/wire"
)

const (
	smallRoom = 1 << 12
	largeRoom = 1 << 16
)

var errBroken = errors.New("the peer is broken")

// reader reads a connection through a buffer, which starts small, because most connections carry little most of the time.
type reader struct {
	from   io.Reader
	buffer []byte
	// unread was read and not yet taken
	unread []byte
	// filled says that the last read could have brought more
	filled bool
	// at is when it returned
	at time.Time
}

// fill reads until that many bytes are there.
func (r *reader) fill(size int) error {
	for len(r.unread) < size {
		if err := r.more(size); err != nil {
			return err
		}
	}
	return nil
}

// more reads once, into a buffer that has room for that many bytes.
func (r *reader) more(size int) error {
	held := len(r.unread)
	room := max(len(r.buffer), smallRoom)
	if r.filled && room < largeRoom {
		room *= 2
	}
	for room < size {
		room *= 2
	}
	if room > len(r.buffer) {
		r.resize(room)
	} else if held > 0 {
		copy(r.buffer, r.unread)
	}
	n, err := r.from.Read(r.buffer[held:])
	r.unread = r.buffer[:held+n]
	r.filled = held+n == room
	r.at = time.Now()
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// narrow gives back the room of what was large.
func (r *reader) narrow(room int) {
	if len(r.buffer) > room && len(r.unread) < room {
		r.resize(room)
	}
}

func (r *reader) resize(room int) {
	buffer := make([]byte, room)
	r.unread = buffer[:copy(buffer, r.unread)]
	r.buffer = buffer
}

// frame waits for the next frame. Head and body are only lent until the next read.
func (r *reader) frame() (header wire.Header, head, body []byte, err error) {
	r.narrow(largeRoom)
	if err = r.fill(wire.HeaderSize); err != nil {
		return
	}
	header, ok := wire.Parse(r.unread)
	if !ok {
		return header, nil, nil, errBroken
	}
	if err = r.fill(header.Size()); err != nil {
		return
	}
	bodyAt := wire.HeaderSize + header.Head
	head = r.unread[wire.HeaderSize:bodyAt]
	body = r.unread[bodyAt:header.Size()]
	r.unread = r.unread[header.Size():]
	return
}
