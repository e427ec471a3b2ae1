// Package wire knows the bytes of a frame. It imports nothing, because it is used before anything else has begun.
package wire

// The types of frames.
const (
	Load   = 1
	Loaded = 2
	Call   = 3
	Answer = 4
	Head   = 5
	Fetch  = 6
	Cancel = 7
	Done   = 8
	Ping   = 9
	Pong   = 10
	Stop   = 11
)

// The bits of flags.
const (
	Stream = 1
	Fault  = 2
)

const (
	// HeaderSize is what every frame begins with.
	HeaderSize = 20
	// LargestFrame bounds what may follow a frame's size.
	LargestFrame = 1 << 20
	// SmallBody is the largest body that a frame carries; a larger one streams.
	SmallBody = 1 << 16
)

// Header is a frame but for its head and body.
type Header struct {
	ID     uint32
	Type   byte
	Flags  byte
	Status int
	Aux    uint32
	// Head and Body are sizes.
	Head, Body int
}

// Size is how many bytes the frame has, all told.
func (h Header) Size() int { return HeaderSize + h.Head + h.Body }

// Parse reads the header that b begins with, and is false where no frame can have it.
func Parse(b []byte) (Header, bool) {
	rest := get32(b) // what follows the field
	head := get32(b[16:])
	if rest < HeaderSize-4 || rest > LargestFrame || head > rest-(HeaderSize-4) {
		return Header{}, false
	}
	return Header{
		ID:     get32(b[4:]),
		Type:   b[8],
		Flags:  b[9],
		Status: int(b[10])<<8 | int(b[11]),
		Aux:    get32(b[12:]),
		Head:   int(head),
		Body:   int(rest - (HeaderSize - 4) - head),
	}, true
}

// Append appends a frame's header. Head and body follow it.
func Append(to []byte, h Header) []byte {
	to = Append32(to, uint32(h.Size()-4))
	to = Append32(to, h.ID)
	to = append(to, h.Type, h.Flags, byte(h.Status>>8), byte(h.Status))
	to = Append32(to, h.Aux)
	return Append32(to, uint32(h.Head))
}

// Append32 appends a number, as the length of a chunk is written.
func Append32(to []byte, n uint32) []byte {
	return append(to, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

// Chunk reads the length of a chunk.
func Chunk(b []byte) uint32 { return get32(b) }

func get32(b []byte) uint32 {
	_ = b[3]
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}
