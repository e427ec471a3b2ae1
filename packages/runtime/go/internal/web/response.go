package web

import (
	"errors"
	"net/http"
	"strconv"
	"sync"

	"handler/internal/host"
)

// response is the http.ResponseWriter of a call. What is written gathers as long as it may still leave as one whole answer; once
// it is larger, or the function flushes, the answer streams.
type response struct {
	call   *host.Call
	header http.Header
	status int // 0 until WriteHeader
	// lines are the header lines as they were at WriteHeader; room is theirs to begin with.
	lines []byte
	room  [256]byte
	// typed and encoded say that the header had a type or an encoding of the content, length what length.
	typed, encoded bool
	length         string
	// unfit says why the answer can't be expressed.
	unfit    error
	gathered *[]byte
	// written is how much the body has, also where it is left out.
	written           int64
	bodiless          bool
	streaming, closed bool
}

// buffers are those of answers that were small.
var buffers = sync.Pool{New: func() any {
	buffer := make([]byte, 0, 2048)
	return &buffer
}}

var errOver = errors.New("the call is over")

func newResponse(call *host.Call) *response {
	w := &response{call: call, header: http.Header{}}
	w.lines = w.room[:0]
	return w
}

// Answer answers a call whose whole body is there.
func Answer(call *host.Call, status int, header http.Header, body []byte) {
	w := newResponse(call)
	w.header = header
	w.WriteHeader(status)
	if w.status == 0 {
		w.unfit = host.CheckStatus(status)
	}
	if w.bodiless {
		body = nil
	}
	w.written = int64(len(body))
	w.answer(body)
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status != 0 || w.closed {
		host.Complain("http: superfluous WriteHeader call: the answer has a status already")
		return
	}
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		// A message of its own on the wire, which the gateway doesn't carry.
		return
	}
	w.status = status
	w.unfit = host.CheckStatus(status)
	w.bodiless = status == http.StatusNoContent || status == http.StatusNotModified
	w.writeLines()
}

func (w *response) Write(p []byte) (int, error) {
	if err := w.begin(int64(len(p))); err != nil {
		return 0, err
	}
	if w.streaming {
		if err := w.call.Write(p); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	if w.written > host.LargestWhole {
		return w.overflow(p)
	}
	*w.gathered = append(*w.gathered, p...)
	return len(p), nil
}

// begin is what comes before any bytes.
func (w *response) begin(size int64) error {
	if w.closed {
		return errOver
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.unfit != nil {
		return w.unfit
	}
	if w.bodiless {
		return http.ErrBodyNotAllowed
	}
	w.written += size
	if w.gathered == nil {
		w.gathered = buffers.Get().(*[]byte)
	}
	return nil
}

func (w *response) WriteString(text string) (int, error) { return w.Write([]byte(text)) }

// finish is called when the handler has returned. The rest of a streamed answer is the host's.
func (w *response) finish() {
	if w.closed || w.streaming {
		w.closed = true
		return
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.gathered == nil {
		w.answer(nil)
		return
	}
	w.answer(*w.gathered)
	w.release()
}

// answer sends the whole answer.
func (w *response) answer(body []byte) {
	w.closed = true
	if w.unfit != nil {
		host.Complain(w.unfit.Error())
		w.call.Fault(w.unfit.Error())
		return
	}
	w.sniff(body)
	if w.call.HeadOnly() {
		body = nil
		if w.length == "" && w.written > 0 {
			w.length = strconv.FormatInt(w.written, 10)
		}
		w.writeLength()
	}
	w.call.Answer(w.status, w.lines, body)
}

// release gives the buffer to the next answer.
func (w *response) release() {
	if cap(*w.gathered) <= 1<<16 {
		*w.gathered = (*w.gathered)[:0]
		buffers.Put(w.gathered)
	}
	w.gathered = nil
}
