package function

import (
	"fmt"
	"net/http"

	handler "github.com/openfaas/templates-sdk/go-http"
)

func Handle(req handler.Request) (handler.Response, error) {
	message := fmt.Sprintf("Body: %s", string(req.Body))
	return handler.Response{Body: []byte(message), StatusCode: http.StatusOK}, nil
}
