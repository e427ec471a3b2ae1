// Package argv gives the process the arguments that the function expects: its own name, and not the host's --socket, which a
// function that parses flags would stumble over. Its path stands before that of the function, so its turn comes first.
package argv

import (
	"os"

	"handler/early"
)

func init() { os.Args = []string{early.Order.Program()} }
