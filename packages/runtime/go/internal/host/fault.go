package host

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// Abort is what a handler panics with that wants its call ended and nothing said about it. Package web sets it to
// http.ErrAbortHandler.
var Abort = errors.New("abort")

// serve runs the handler. Whatever becomes of it, the host lives on.
func (c *Call) serve() {
	returned := false
	defer func() {
		if returned {
			return
		}
		problem := recover()
		if err, ok := problem.(error); ok && errors.Is(err, Abort) {
			c.Fault("the function broke its answer off")
			return
		}
		text := "the function ended its goroutine without an answer"
		if problem != nil {
			text = "panic: " + describe(problem)
		}
		fmt.Fprintf(os.Stderr, "%s\n\n%s", text, users(string(debug.Stack())))
		c.Fault(text)
		if problem == nil {
			// runtime.Goexit: nothing comes after this.
			c.conclude()
		}
	}()
	c.conn.host.function.Serve(c)
	returned = true
	if !c.answered {
		c.Fault("the function gave no answer")
	}
}

// describe puts what was panicked with in words, even where its own words panic.
func describe(problem any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("%T", problem)
		}
	}()
	if err, ok := problem.(error); ok {
		return err.Error()
	}
	return fmt.Sprint(problem)
}

// users is the part of a stack that is the user's: the host's own frames say nothing to them. Two lines make a frame.
func users(stack string) string {
	lines := strings.Split(strings.TrimRight(stack, "\n"), "\n")
	title, frames := lines[:1], lines[1:]
	for i := 0; i+1 < len(frames); i += 2 {
		if strings.HasPrefix(frames[i], "panic(") || strings.HasPrefix(frames[i], "runtime.Goexit(") {
			frames = frames[i+2:]
			break
		}
	}
	for i := 2; i+1 < len(frames); i += 2 {
		if strings.HasPrefix(frames[i], "handler/internal/") || strings.HasPrefix(frames[i], "main.") {
			frames = frames[:i]
			break
		}
	}
	return strings.Join(append(title, frames...), "\n") + "\n"
}

// Complain writes a line to the function's log.
func Complain(text string) { fmt.Fprintln(os.Stderr, text) }
