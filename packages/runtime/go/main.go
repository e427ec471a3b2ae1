// The Go host, which is compiled together with a function into one program. A build tag chooses the adapter for the function's
// signature: wherry_middleware, wherry_http or wherry_classic.
package main

import "handler/internal/host"

func main() { host.Run(host.Function{Signature: signature, Serve: serve}) }
