package rollout

import "errors"

// Unconfirmed is an error of a rollout that brought to hosts what it was to bring,
// where some did not confirm it in time: nothing is known to be wrong.
type Unconfirmed string

// Error returns who did not confirm, and what is missing.
func (e Unconfirmed) Error() string { return string(e) }

// Reworded returns an error of the kind of err, which is not nil, with other words.
func Reworded(err error, words string) error {
	if errors.As(err, new(Unconfirmed)) {
		return Unconfirmed(words)
	}
	return errors.New(words)
}
