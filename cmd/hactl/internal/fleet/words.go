package fleet

import (
	"fmt"
	"strings"
	"time"
)

// Ago says how long before now t was, in the largest unit that fits.
func Ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "never"
	case d < time.Second:
		return "just now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s ago", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}

// Short returns the first digits of a plan's hash.
func Short(hash string) string {
	_, digits, ok := strings.Cut(hash, ":")
	if !ok || len(digits) < 12 {
		return hash
	}
	return digits[:12]
}

// ShortOrNone is Short for what may be no plan at all.
func ShortOrNone(hash string) string {
	if hash == "" {
		return "no plan"
	}
	return Short(hash)
}

// Left is the time until then in whole seconds, 0 when it is over.
func Left(until, now time.Time) time.Duration { return max(0, until.Sub(now)).Round(time.Second) }
