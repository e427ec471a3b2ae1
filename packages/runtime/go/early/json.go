package early

import "unicode/utf8"

// parseJSON reads a text that the gateway wrote. Package encoding/json would do, but imports os. Whole numbers are of type int,
// others nil; what is no JSON is nil too.
func parseJSON(text []byte) any {
	p := parser{text: text}
	value := p.value()
	if p.failed {
		return nil
	}
	return value
}

type parser struct {
	text   []byte
	at     int
	failed bool
}

// next is the next byte that is no blank, and 0 at the end.
func (p *parser) next() byte {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
	return 0
}

func (p *parser) value() any {
	switch p.next() {
	case '{':
		object := map[string]any{}
		p.list('}', func() {
			name := p.string()
			if p.next() != ':' {
				p.failed = true
				return
			}
			p.at++
			object[name] = p.value()
		})
		return object
	case '[':
		var all []any
		p.list(']', func() { all = append(all, p.value()) })
		return all
	case '"':
		return p.string()
	}
	return p.word()
}

// list reads what stands between a bracket and its counterpart, separated by commas.
func (p *parser) list(end byte, one func()) {
	p.at++
	if p.next() == end {
		p.at++
		return
	}
	for !p.failed {
		p.next()
		one()
		switch p.next() {
		case ',':
			p.at++
		case end:
			p.at++
			return
		default:
			p.failed = true
		}
	}
}

// word reads a number, true, false or null.
func (p *parser) word() any {
	start := p.at
	number, whole := 0, true
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		if c >= '0' && c <= '9' {
			number = number*10 + int(c-'0')
		} else if c >= 'a' && c <= 'z' || c == '.' || c == '-' || c == '+' || c == 'E' {
			whole = false
		} else {
			break
		}
	}
	text := string(p.text[start:p.at])
	if text == "" {
		p.failed = true
	} else if whole {
		return number
	} else if text == "true" || text == "false" {
		return text == "true"
	}
	return nil
}

func (p *parser) string() string {
	var text []byte
	if p.at >= len(p.text) || p.text[p.at] != '"' {
		p.failed = true
		return ""
	}
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; c {
		case '"':
			p.at++
			return string(text)
		case '\\':
			p.at++
			text = p.escaped(text)
		default:
			text = append(text, c)
		}
	}
	p.failed = true
	return ""
}

// escaped appends what stands behind a backslash, and leaves p at its last byte.
func (p *parser) escaped(text []byte) []byte {
	if p.at >= len(p.text) {
		return text
	}
	switch c := p.text[p.at]; c {
	case 'b':
		return append(text, '\b')
	case 'f':
		return append(text, '\f')
	case 'n':
		return append(text, '\n')
	case 'r':
		return append(text, '\r')
	case 't':
		return append(text, '\t')
	case 'u':
		r := p.unit()
		if r>>10 == 0xd800>>10 && p.at+2 < len(p.text) && p.text[p.at+1] == '\\' && p.text[p.at+2] == 'u' {
			p.at += 2
			r = 0x10000 + r&0x3ff<<10 + p.unit()&0x3ff
		}
		return utf8.AppendRune(text, r)
	default:
		return append(text, c)
	}
}

// unit reads the four digits behind \u.
func (p *parser) unit() rune {
	var r rune
	for i := 0; i < 4 && p.at+1 < len(p.text); i++ {
		p.at++
		c := p.text[p.at]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		}
		r = r<<4 | rune(c&15)
	}
	return r
}
