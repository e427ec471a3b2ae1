//go:build !linux

package early

import (
	"os"
	"syscall"
)

// arguments are the process's. Where there is no /proc, packages that import os and little else begin before this one.
func arguments() []string { return os.Args }

// acceptOne takes the next connection, which no child process is to inherit.
func acceptOne(listener int) (int, error) {
	fd, _, err := syscall.Accept(listener)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	return fd, err
}
