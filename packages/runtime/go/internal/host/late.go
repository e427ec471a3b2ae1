package host

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// obeyLateVariables does what Go's runtime does by these variables when a program starts: LOAD brought them later than that.
func obeyLateVariables() {
	if many, err := strconv.Atoi(os.Getenv("GOMAXPROCS")); err == nil && many > 0 && many != runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(many)
	}
	if percent := os.Getenv("GOGC"); percent == "off" {
		debug.SetGCPercent(-1)
	} else if number, err := strconv.Atoi(percent); err == nil {
		debug.SetGCPercent(number)
	}
	if limit, ok := bytesOf(os.Getenv("GOMEMLIMIT")); ok {
		debug.SetMemoryLimit(limit)
	}
	if level := os.Getenv("GOTRACEBACK"); level != "" {
		debug.SetTraceback(level)
	}
}

// bytesOf reads a number with one of the units that GOMEMLIMIT may have.
func bytesOf(text string) (int64, bool) {
	unit := int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB", "TiB", "B"} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			text = number
			if suffix != "B" {
				unit = 1 << (10 * (i + 1))
			}
			break
		}
	}
	number, err := strconv.ParseInt(text, 10, 64)
	return number * unit, err == nil && number >= 0
}
