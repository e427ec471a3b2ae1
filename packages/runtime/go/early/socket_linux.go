package early

import "syscall"

// arguments are the process's, without package os.
func arguments() []string {
	fd, err := syscall.Open("/proc/self/cmdline", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		die(70, "cannot read /proc/self/cmdline: "+err.Error())
	}
	defer syscall.Close(fd)
	var all []string
	var one []byte
	room := make([]byte, 4096)
	for {
		n, err := syscall.Read(fd, room)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return all
		}
		for _, c := range room[:n] {
			if c != 0 {
				one = append(one, c)
				continue
			}
			all = append(all, string(one))
			one = one[:0]
		}
	}
}

// acceptOne takes the next connection, which no child process is to inherit.
func acceptOne(listener int) (int, error) {
	fd, _, err := syscall.Accept4(listener, syscall.SOCK_CLOEXEC)
	return fd, err
}
