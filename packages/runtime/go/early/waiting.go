package early

import (
	"sync/atomic"
	"syscall"

	"handler/early/wire"
)

// Connection is one of the gateway's that was accepted before the host could.
type Connection struct {
	FD int
	// Loads says that it brought the LOAD which has been obeyed and is still to be answered.
	Loads bool
	// Pending are bytes that were read and not looked at.
	Pending []byte
}

// taken says that a connection has brought LOAD: all that comes by others is for the host.
var taken atomic.Bool

// accept takes connections, by blocking calls, until the host takes over: then the listener blocks nobody any more, and the
// next attempt fails.
func accept(listener int) {
	for {
		fd, err := acceptOne(listener)
		if err == syscall.EINTR || err == syscall.ECONNABORTED {
			continue
		}
		if err != nil {
			return
		}
		go await(fd)
	}
}

// await reads a connection until LOAD has come, by it or by another.
func await(fd int) {
	c := Connection{FD: fd}
	room := make([]byte, 4096)
	for {
		n, err := syscall.Read(fd, room)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			break
		}
		c.Pending = append(c.Pending, room[:n]...)
		if !c.look() {
			break
		}
		if taken.Load() {
			Connections <- c
			return
		}
	}
	syscall.Close(fd)
}

// look goes through the frames that have come, and is false where the peer is broken.
func (c *Connection) look() bool {
	for !taken.Load() && len(c.Pending) >= wire.HeaderSize {
		frame, ok := wire.Parse(c.Pending)
		if !ok {
			return false
		}
		if len(c.Pending) < frame.Size() {
			return true
		}
		head := c.Pending[wire.HeaderSize : wire.HeaderSize+frame.Head]
		switch frame.Type {
		case wire.Load:
			if !taken.CompareAndSwap(false, true) {
				return true
			}
			Order = obey(head)
			c.Loads = true
			close(loaded)
		case wire.Ping:
			write(c.FD, wire.Append(nil, wire.Header{ID: frame.ID, Type: wire.Pong}))
		case wire.Stop:
			syscall.Exit(0)
		}
		c.Pending = c.Pending[frame.Size():]
	}
	return true
}
