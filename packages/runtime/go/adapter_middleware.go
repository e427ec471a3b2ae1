//go:build wherry_middleware

package main

import (
	"handler/function"
	"handler/internal/web"
)

const signature = "middleware"

// serve calls a handler of net/http, as OpenFaaS's golang-middleware has it.
var serve = web.Serve(function.Handle)
