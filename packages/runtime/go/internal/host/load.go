package host

import (
	"fmt"
	"os"
	"strconv"
	"unicode/utf16"

	"handler/early"
	"handler/early/wire"
)

// loaded answers LOAD, which has been obeyed before the function began.
func (c *connection) loaded() {
	order, function := &early.Order, c.host.function
	if order.Problem != "" {
		c.refuse(order.Kind, order.Problem)
		return
	}
	if _, err := os.Stat(order.Program()); err != nil {
		c.refuse("not-found", fmt.Sprintf("there is no %s in the function", order.Entry))
		return
	}
	if asked := order.Signature; asked != "" && asked != "auto" && asked != function.Signature {
		c.refuse("no-handler", fmt.Sprintf("the function was built with the signature %s, not %s", function.Signature, asked))
		return
	}
	obeyLateVariables()
	many := order.Concurrency
	if many <= 0 {
		many = concurrency
	}
	c.tell(fmt.Sprintf(`{"ok":true,"signature":%s,"concurrency":%d}`, quote(function.Signature), many))
}

func (c *connection) refuse(kind, message string) {
	c.tell(fmt.Sprintf(`{"ok":false,"kind":%s,"message":%s,"detail":""}`, quote(kind), quote(message)))
}

func (c *connection) tell(json string) { c.say(wire.Header{Type: wire.Loaded}, []byte(json)) }

// quote makes a text one of JSON, all of it ASCII. (encoding/json would be a tenth of a small function.)
func quote(text string) string {
	quoted := []byte{'"'}
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			quoted = append(quoted, '\\', byte(r))
		case r >= ' ' && r < 0x7f:
			quoted = append(quoted, byte(r))
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				quoted = append(quoted, `\u`...)
				quoted = append(quoted, strconv.FormatUint(0x10000|uint64(unit), 16)[1:]...)
			}
		}
	}
	return string(append(quoted, '"'))
}
