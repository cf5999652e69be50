package terminal

import (
	"fmt"
	"strings"
	"time"
)

// Number returns "1 host", "2 hosts".
func Number(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Verb returns the form for n things.
func Verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Few names things, many of them by the first and a number.
func Few(words []string) string {
	if n := len(words); n > 4 {
		return fmt.Sprintf("%s and %d more", words[0], n-1)
	}
	return strings.Join(words, ", ")
}

// Seconds prints d in seconds, rounded up to tenths: "3.7 s".
func Seconds(d time.Duration) string {
	tenths := (d + 100*time.Millisecond - 1) / (100 * time.Millisecond)
	return fmt.Sprintf("%g s", float64(tenths)/10)
}
