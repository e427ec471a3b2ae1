package host

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// machine is the machine's own process namespace, which has the same number on every Linux.
const machine = "pid:[4026531836]"

// signalChildren sends SIGTERM to every process in a namespace of our own, else to the child processes. It says whether there
// may be any.
func signalChildren(contained bool) bool {
	if contained {
		if namespace, err := os.Readlink("/proc/self/ns/pid"); err == nil && namespace != machine {
			// Everyone but ourselves.
			return syscall.Kill(-1, syscall.SIGTERM) == nil
		}
	}
	children := livingChildren()
	for _, child := range children {
		syscall.Kill(child, syscall.SIGTERM)
	}
	return len(children) > 0
}

// livingChildren are our child processes, without those that have ended and that nobody has waited for.
func livingChildren() (living []int) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return nil
	}
	for _, task := range tasks {
		list, _ := os.ReadFile("/proc/self/task/" + task.Name() + "/children")
		for _, text := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(text); err == nil && !ended(text) {
				living = append(living, child)
			}
		}
	}
	return living
}

// ended looks at the letter behind the program's name, which may hold any character.
func ended(process string) bool {
	text, err := os.ReadFile("/proc/" + process + "/stat")
	if err != nil {
		return true
	}
	_, state, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
	return strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X")
}
