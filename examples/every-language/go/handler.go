package function

import (
	"io"
	"net/http"
	"os"
	"strings"
)

func Handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	said := string(body) + " go"
	next := os.Getenv("next")
	if next == "" {
		io.WriteString(w, said)
		return
	}
	answer, err := http.Post(next, "text/plain", strings.NewReader(said))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	w.WriteHeader(answer.StatusCode)
	io.Copy(w, answer.Body)
}
