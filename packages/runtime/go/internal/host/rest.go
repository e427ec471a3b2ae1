package host

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// quiet is how long nothing has to happen before memory is given back.
	quiet = 2 * time.Second
	// worthIt is how much there has to be for a collection to pay for itself.
	worthIt = 1 << 20
)

// wake sees to it that the host comes to rest after this call. While it does, no timer is left behind: a process that sleeps
// costs nothing.
func (h *host) wake() {
	if h.awake.CompareAndSwap(false, true) {
		h.look(h.begun.Load())
	}
}

// look looks again after a while, and rests if no more calls have come than there were.
func (h *host) look(before int64) {
	time.AfterFunc(quiet, func() {
		begun := h.begun.Load()
		if begun != before || !h.idle() {
			h.look(begun)
			return
		}
		h.rest()
		h.awake.Store(false)
		if h.begun.Load() != begun {
			h.wake()
		}
	})
}

func (h *host) rest() {
	h.dismiss()
	h.mu.Lock()
	for c := range h.connections {
		c.out.rest()
	}
	h.mu.Unlock()
	if reclaimable() < worthIt {
		return
	}
	// Twice, because what lies in pools outlives one collection.
	runtime.GC()
	debug.FreeOSMemory()
}

// reclaimable is how much the heap holds and may not need: what is free, and what has been allocated since a collection.
func reclaimable() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(samples)
	for _, sample := range samples {
		if sample.Value.Kind() != metrics.KindUint64 {
			return worthIt
		}
	}
	free, objects, live := samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64()
	if objects < live {
		return free
	}
	return free + objects - live
}
