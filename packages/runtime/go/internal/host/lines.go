package host

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What a header is to the host.
const (
	Plain = iota
	// HopByHop belongs to the gateway's own connection, and is not passed on.
	HopByHop
	ContentType
	ContentLength
	ContentEncoding
)

var kinds = map[string]int{
	"connection": HopByHop, "keep-alive": HopByHop, "proxy-connection": HopByHop, "proxy-authenticate": HopByHop,
	"te": HopByHop, "trailer": HopByHop, "transfer-encoding": HopByHop, "upgrade": HopByHop,
	"content-type": ContentType, "content-length": ContentLength, "content-encoding": ContentEncoding,
}

// Kind tells it by the name, however that is written.
func Kind(name string) int {
	var small [20]byte
	if len(name) > len(small) {
		return Plain
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		small[i] = c
	}
	return kinds[string(small[:len(name)])]
}

// CheckStatus says what is wrong with a status.
func CheckStatus(status int) error {
	if status >= 200 && status <= 599 {
		return nil
	}
	return fmt.Errorf("the function answered with status %d; a status is a number from 200 to 599", status)
}

// AppendLine appends a header line, or says why there can't be one.
func AppendLine(to []byte, name, value string) ([]byte, error) {
	if !token(name) {
		return to, fmt.Errorf("the function answered with a header named %q, which is not allowed", name)
	}
	to = append(append(to, name...), ':')
	plain := true
	for i := 0; i < len(value); i++ {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			what := "a character that headers cannot carry"
			if c == '\r' || c == '\n' {
				what = "a line break"
			}
			return to, fmt.Errorf("the function answered with %s in the header %s", what, name)
		} else if c >= utf8.RuneSelf {
			plain = false
		}
	}
	if plain {
		return append(append(to, value...), '\n'), nil
	}
	to, err := appendLatin1(to, value)
	if err != nil {
		return to, fmt.Errorf("the function answered with %w in the header %s", err, name)
	}
	return append(to, '\n'), nil
}

var errBeyondLatin1 = errors.New("a character that headers cannot carry")

// appendLatin1 appends a text of Go's as the bytes of a header. What is no UTF-8 is taken for such bytes already: values of a
// request's headers are, and functions pass them on.
func appendLatin1(to []byte, value string) ([]byte, error) {
	if !utf8.ValidString(value) {
		return append(to, value...), nil
	}
	for _, r := range value {
		if r > 0xff || r < 0xa0 && r >= 0x7f {
			return to, errBeyondLatin1
		}
		to = append(to, byte(r))
	}
	return to, nil
}

func token(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0 {
			continue
		}
		return false
	}
	return name != ""
}
