package host

import (
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"handler/early"
)

const (
	// childrenHave is how long child processes have to end after their SIGTERM; the gateway kills what is left anyway.
	childrenHave = 2 * time.Second
	// functionHas is how long the function has to come to rest after its own.
	functionHas = 3 * time.Second
	step        = 5 * time.Millisecond
)

// stop is the end: the function and its child processes hear SIGTERM, what is in flight is answered, then the process ends
// with 0.
func (h *host) stop() {
	if !h.stopping.CompareAndSwap(false, true) {
		return
	}
	go func() {
		children := signalChildren(early.Order.Contained)
		waitFor(functionHas, raise())
		if children {
			waitFor(childrenHave, func() bool { return len(livingChildren()) == 0 })
		}
		h.mu.Lock()
		h.told = true
		h.mu.Unlock()
		h.leave()
	}()
}

// leave ends the process if nothing is in flight any more.
func (h *host) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.told || !h.idle() {
		return
	}
	for c := range h.connections {
		c.socket.SetWriteDeadline(time.Now().Add(time.Second))
		c.out.flush()
	}
	if h.idle() {
		os.Exit(0)
	}
}

func waitFor(limit time.Duration, done func() bool) {
	for until := time.Now().Add(limit); !done() && time.Now().Before(until); {
		time.Sleep(step)
	}
}

// raise raises SIGTERM for a function that listens for it; the others would only be killed by it. What it returns tells
// whether the function has done what it does then.
func raise() (settled func() bool) {
	before, listens := goroutines()
	if !listens {
		return func() bool { return true }
	}
	// With a listener of ours the process is not ended, even where the function stops listening now.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGTERM)
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	select {
	case <-heard:
	case <-time.After(time.Second):
	}
	return func() bool {
		now, _ := goroutines()
		for id, stack := range now {
			if was, ok := before[id]; ok && was != stack {
				return false
			}
		}
		return true
	}
}

// goroutines are the stacks of all that are not the host's, and whether anybody listens for signals. Nobody says when a
// listener has done its work; but each goroutine that existed before the signal has then either ended or is back where it
// waited.
func goroutines() (stacks map[string]string, listens bool) {
	text := make([]byte, 1<<16)
	for {
		n := runtime.Stack(text, true)
		if n < len(text) {
			text = text[:n]
			break
		}
		text = make([]byte, 2*len(text))
	}
	stacks = map[string]string{}
	for _, one := range strings.Split(string(text), "\n\n") {
		title, stack, _ := strings.Cut(one, "\n")
		if strings.Contains(stack, "handler/internal/host.") {
			continue
		}
		listens = listens || strings.HasPrefix(stack, "os/signal.signal_recv")
		id, state, _ := strings.Cut(title, " [")
		if strings.HasPrefix(state, "run") {
			stack = state // runnable or running: it doesn't wait where it seems to
		}
		stacks[id] = stack
	}
	return stacks, listens
}
