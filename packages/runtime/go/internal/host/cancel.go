package host

// mostOvertaken is more than are ever on their way at once.
const mostOvertaken = 1000

// overtaken keeps the ids of calls that were cancelled before they came, because the lane overtakes other connections. The
// oldest is forgotten: most were sent for calls that had just ended.
type overtaken struct {
	ids   map[uint32]bool
	order []uint32
}

func (o *overtaken) add(id uint32) {
	if o.ids == nil {
		o.ids = map[uint32]bool{}
	}
	if o.ids[id] {
		return
	}
	if len(o.order) >= mostOvertaken {
		delete(o.ids, o.order[0])
		o.order = append(o.order[:0], o.order[1:]...)
	}
	o.ids[id] = true
	o.order = append(o.order, id)
}

func (o *overtaken) take(id uint32) bool {
	if !o.ids[id] {
		return false
	}
	delete(o.ids, id)
	for i, other := range o.order {
		if other == id {
			o.order = append(o.order[:i], o.order[i+1:]...)
			break
		}
	}
	return true
}

// admitAside takes up a call that came by a side connection, unless it was cancelled before it came.
func (h *host) admitAside(call *Call) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.overtaken.take(call.id) {
		return false
	}
	h.aside[call.id] = call
	return true
}

// cancelAside cancels a call whose connection nobody may be reading, so that its end would not be seen.
func (h *host) cancelAside(id uint32) {
	h.mu.Lock()
	call := h.aside[id]
	if call == nil {
		h.overtaken.add(id)
	}
	h.mu.Unlock()
	if call != nil {
		call.cancel(true)
	}
}

// cancel cancels a call of this lane. One that is not found has ended already.
func (c *connection) cancel(id uint32) {
	c.mu.Lock()
	call := c.calls[id]
	c.mu.Unlock()
	if call != nil {
		call.cancel(false)
	}
}
