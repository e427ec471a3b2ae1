//go:build wherry_http

package main

import (
	"io"

	"handler/function"
	"handler/internal/host"
	"handler/internal/web"

	handler "github.com/openfaas/templates-sdk/go-http"
)

const signature = "http"

// serve gives the function the whole body and answers with what it returns, as OpenFaaS's golang-http has it.
func serve(call *host.Call) {
	r := web.Request(call)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		call.Fault("the body of the call was cut short")
		return
	}
	request := handler.Request{
		Body:        body,
		Header:      r.Header,
		QueryString: r.URL.RawQuery,
		Method:      r.Method,
		Host:        r.Host,
	}
	request.WithContext(r.Context())
	answer, err := function.Handle(request)
	if err != nil {
		host.Complain(err.Error())
		if answer.StatusCode == 0 {
			call.Fault(err.Error())
			return
		}
	}
	if answer.StatusCode == 0 {
		answer.StatusCode = 200
	}
	web.Answer(call, answer.StatusCode, answer.Header, answer.Body)
}
