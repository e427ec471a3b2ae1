// Package host speaks the runtime protocol: it takes calls from the gateway's connections, runs the function for each in a
// goroutine of its own, and brings back what it answers.
package host

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"handler/early"
	_ "handler/early/argv" // os.Args as the function expects them
)

// Function is what the host serves.
type Function struct {
	// Signature is its kind of handler, as LOADED says it.
	Signature string
	// Serve answers a call; it returns when the function has.
	Serve func(*Call)
}

// concurrency is how many calls may run at once unless LOAD says it: a function in Go is used from many goroutines by custom,
// whatever its handler looks like, because net/http calls every handler so.
const concurrency = 100

// host is the one of the process.
type host struct {
	function Function
	// begun and ended count calls.
	begun, ended atomic.Int64
	stopping     atomic.Bool
	awake        atomic.Bool

	// work reaches the goroutines that have run a call and are ready for the next.
	work chan *Call

	mu          sync.Mutex
	connections map[*connection]struct{}
	// aside are the open calls that came by side connections; overtaken those that were cancelled before they came.
	aside     map[uint32]*Call
	overtaken overtaken
	// streams are the answers that nobody has fetched yet.
	streams    map[uint32]*stream
	lastStream uint32
	// told says that the function and its child processes have taken notice of the end.
	told bool
}

// listening is never closed: package early may be waiting at it for one more connection.
var listening = os.NewFile(uintptr(early.Listener), "listener")

// Run serves the function for ever.
func Run(function Function) {
	h := &host{
		function:    function,
		work:        make(chan *Call),
		connections: map[*connection]struct{}{},
		aside:       map[uint32]*Call{},
		streams:     map[uint32]*stream{},
	}
	listener, err := net.FileListener(listening)
	if err != nil {
		fail(err)
	}
	go h.takeOver()
	for {
		socket, err := listener.Accept()
		switch {
		case err == nil:
			go h.serve(socket, early.Connection{})
		case errors.Is(err, net.ErrClosed):
			fail(err)
		default:
			// Too many open files, of the function's most likely.
			time.Sleep(step)
		}
	}
}

// takeOver goes on with the connections that were made before the function began.
func (h *host) takeOver() {
	for old := range early.Connections {
		file := os.NewFile(uintptr(old.FD), "connection")
		socket, err := net.FileConn(file)
		file.Close()
		if err == nil {
			go h.serve(socket, old)
		}
	}
}

// fail ends a host that cannot go on.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "wherry: the Go host can't go on:", err)
	os.Exit(70)
}

// begin counts a call that has come.
func (h *host) begin() {
	h.begun.Add(1)
	if !h.awake.Load() {
		h.wake()
	}
}

// end counts a call that holds nothing any more.
func (h *host) end() {
	h.ended.Add(1)
	if h.stopping.Load() && h.idle() {
		go h.leave()
	}
}

func (h *host) idle() bool {
	// In this order, so that a call in between counts as one that is open.
	ended := h.ended.Load()
	return h.begun.Load() == ended
}
