// Package web calls a handler of net/http for a call of the runtime protocol.
package web

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"handler/internal/host"
)

func init() { host.Abort = http.ErrAbortHandler }

// Serve answers calls with a handler.
func Serve(handle http.HandlerFunc) func(*host.Call) {
	return func(call *host.Call) {
		w := newResponse(call)
		handle(w, Request(call))
		w.finish()
	}
}

// Request is the call as net/http's own server would have read it.
func Request(call *host.Call) *http.Request {
	r := http.Request{
		Method:     call.Method,
		URL:        address(call.Target),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		RequestURI: call.Target,
		Body:       http.NoBody,
	}
	readHeaders(&r, call)
	switch small := call.Small(); {
	case call.Streams():
		r.Body = call.Stream()
		r.ContentLength = -1
		if length, err := strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64); err == nil && length >= 0 {
			r.ContentLength = length
		} else {
			r.TransferEncoding = []string{"chunked"}
		}
	case len(small) > 0:
		r.Body = io.NopCloser(bytes.NewReader(small))
		r.ContentLength = int64(len(small))
	}
	if from := r.Header.Get("X-Forwarded-For"); from != "" {
		// The first is the caller; no port of it is known.
		first, _, _ := strings.Cut(from, ",")
		r.RemoteAddr = net.JoinHostPort(strings.TrimSpace(first), "0")
	}
	return r.WithContext(call.Context())
}

// readHeaders keeps all values in one piece of memory, where each name has its own part as long as it comes once.
func readHeaders(r *http.Request, call *host.Call) {
	lines := call.HeaderLines()
	r.Header = make(http.Header, lines)
	values := make([]string, 0, lines)
	call.Headers(func(name, value string) {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if name == "Host" {
			// As net/http has it.
			r.Host = value
			return
		}
		if before, ok := r.Header[name]; ok {
			r.Header[name] = append(before, value)
			return
		}
		values = append(values, value)
		last := len(values)
		r.Header[name] = values[last-1 : last : last]
	})
}

// address is the target as a URL. Targets that are none come to the function all the same, which sees them as they are.
func address(target string) *url.URL {
	if parsed, err := url.ParseRequestURI(target); err == nil {
		return parsed
	}
	path, query, _ := strings.Cut(target, "?")
	return &url.URL{Path: path, RawQuery: query}
}
