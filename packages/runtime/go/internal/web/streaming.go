package web

import (
	"net/http"
)

// overflow begins to stream because of a piece that makes the answer too large for a whole one.
func (w *response) overflow(p []byte) (int, error) {
	if w.call.HeadOnly() {
		// Nobody reads it, but its length is being counted.
		if w.call.Cancelled() {
			return 0, errOver
		}
		return len(p), nil
	}
	if len(*w.gathered) == 0 {
		w.sniff(p)
	}
	if err := w.stream(); err != nil {
		return 0, err
	}
	if err := w.call.Write(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush sends what has been written, and is called by those who don't want to know whether it worked.
func (w *response) Flush() { w.FlushError() }

// FlushError is what http.ResponseController calls.
func (w *response) FlushError() error {
	if err := w.begin(0); err != nil && err != http.ErrBodyNotAllowed {
		return err
	}
	if w.bodiless || w.call.HeadOnly() {
		// All that will ever be said.
		w.finish()
		return nil
	}
	if !w.streaming {
		if err := w.stream(); err != nil {
			return err
		}
	}
	if w.written == 0 {
		return nil // the head is on its way
	}
	return w.call.Flush()
}

// EnableFullDuplex is what http.ResponseController asks for: reading goes on while writing, always.
func (w *response) EnableFullDuplex() error { return nil }

// stream begins the streamed answer.
func (w *response) stream() error {
	w.sniff(*w.gathered)
	w.writeLength()
	if err := w.call.Begin(w.status, w.lines); err != nil {
		w.closed = true
		return err
	}
	w.streaming = true
	err := w.call.Write(*w.gathered)
	w.release()
	return err
}
