//go:build wherry_classic

package main

import (
	"io"

	"handler/function"
	"handler/internal/host"
)

const signature = "classic"

// serve gives the function the whole body and answers with the text that it returns, as OpenFaaS's classic go template has it.
func serve(call *host.Call) {
	body := call.Small()
	if call.Streams() {
		var err error
		if body, err = io.ReadAll(call.Stream()); err != nil {
			call.Fault("the body of the call was cut short")
			return
		}
	}
	answer := []byte(function.Handle(body))
	call.Answer(200, []byte("content-type:text/plain; charset=utf-8\n"), answer)
}
