package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"handler/internal/host"
)

// writeLines makes the header lines: what the function does to its header from now on comes too late.
func (w *response) writeLines() {
	var room [16]string
	names := room[:0]
	for name := range w.header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			continue // there are none on the gateway's way
		}
		values := w.header[name]
		switch host.Kind(name) {
		case host.HopByHop:
			continue
		case host.ContentLength:
			// Of a whole answer the gateway knows it itself.
			if len(values) > 0 {
				w.length = values[0]
			}
			continue
		case host.ContentType:
			w.typed = true
		case host.ContentEncoding:
			w.encoded = len(values) > 0
		}
		for _, value := range values {
			var err error
			if w.lines, err = host.AppendLine(w.lines, name, value); err != nil && w.unfit == nil {
				w.unfit = err
			}
		}
	}
}

// writeLength adds the length that the body has or should have.
func (w *response) writeLength() {
	if _, err := strconv.ParseUint(w.length, 10, 63); err == nil {
		w.lines = append(append(append(w.lines, "content-length:"...), w.length...), '\n')
	}
}

// sniff tells the type of a body that the function didn't tell, as net/http does.
func (w *response) sniff(body []byte) {
	if w.typed || w.encoded || len(body) == 0 {
		return
	}
	w.typed = true
	w.lines = append(append(append(w.lines, "content-type:"...), http.DetectContentType(body)...), '\n')
}
