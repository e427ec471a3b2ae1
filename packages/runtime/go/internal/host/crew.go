package host

// run runs a call in a goroutine of its own. One that has run a call before has a stack as large as the function needs, which
// costs more to make than all else that the host does for a call.
func (h *host) run(call *Call) {
	h.begin()
	select {
	case h.work <- call:
	default:
		go func() {
			for next := call; next != nil; next = <-h.work {
				next.run()
			}
		}()
	}
}

// dismiss ends the goroutines that wait for a call.
func (h *host) dismiss() {
	for {
		select {
		case h.work <- nil:
		default:
			return
		}
	}
}
