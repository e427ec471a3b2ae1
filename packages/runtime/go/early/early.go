// Package early listens, says that it is ready and waits for LOAD before any code of the function begins: package-level
// variables and init functions of the function and of what it imports see the environment and the folder that LOAD brings,
// as they would in a program that is started with them.
//
// Go initializes packages in the order of their import paths as soon as what they import is (The Go Programming Language
// Specification, "Program initialization", since Go 1.21). This one imports the system calls and nothing else, on Linux not
// even os, so that its turn comes before that of every package which can read the environment. It must stay so.
package early

import (
	"runtime"
	"syscall"
)

var (
	// Listener is the listening socket.
	Listener int
	// Order is what LOAD said.
	Order order
	// Connections brings those that were accepted here: the one that brought LOAD, and any that was silent until then.
	Connections = make(chan Connection)

	loaded = make(chan struct{})
)

func init() {
	path := socketPath(arguments())
	if path == "" {
		die(64, "this program is a function; the gateway starts it with --socket PATH")
	}
	fd, err := listen(path)
	if err != nil {
		die(70, "cannot listen at "+path+": "+err.Error())
	}
	Listener = fd
	tellReady(fd)
	go accept(fd)
	<-loaded
}

func socketPath(arguments []string) string {
	for i := 1; i+1 < len(arguments); i++ {
		if arguments[i] == "--socket" {
			return arguments[i+1]
		}
	}
	return ""
}

func listen(path string) (int, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	syscall.CloseOnExec(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		return 0, err
	}
	return fd, syscall.Listen(fd, 128)
}

// tellReady writes the one line to descriptor 3. Where nobody gave one, the listening socket itself may have that number.
func tellReady(listener int) {
	const ready = 3
	if listener == ready {
		return
	}
	line := `{"protocol":1,"runtime":"go","version":"` + version(runtime.Version()) + "\"}\n"
	// Without such a descriptor it was started by hand. Whoever gave one and is gone needs no host any more.
	if err := write(ready, []byte(line)); err == syscall.EPIPE {
		die(1, "nobody waits for this host")
	}
	syscall.Close(ready)
}

// version is "1.26.8" of "go1.26.8 X:experiments" and of "devel go1.26-…".
func version(text string) string {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == 'g' && text[i+1] == 'o' {
			text = text[i+2:]
			break
		}
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '.' && (text[i] < '0' || text[i] > '9') {
			return text[:i]
		}
	}
	return text
}

func die(code int, why string) {
	write(2, []byte("wherry: "+why+"\n"))
	syscall.Exit(code)
}

func write(fd int, bytes []byte) error {
	for len(bytes) > 0 {
		n, err := syscall.Write(fd, bytes)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		bytes = bytes[n:]
	}
	return nil
}
