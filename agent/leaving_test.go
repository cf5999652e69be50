package agent

import (
	"context"
	"errors"
	"log/slog"
	"testing"
)

// bystander is a Successor that counts how often it was to go on.
type bystander struct{ became int }

func (b *bystander) Check(context.Context, []byte) (string, error) { return "2.0.0", nil }

func (b *bystander) Become([]byte) error {
	b.became++
	return errors.New("it does not")
}

// A signal that has come while everything is made ready to be handed over is this
// program's: the next one would never hear of it.
func TestSignalBeforeTheHandOver(t *testing.T) {
	b := &bystander{}
	a := New(Config{Successor: b, Log: slog.New(slog.DiscardHandler)}, nil, nil)
	if err := a.become(&Handed{}); err == nil || b.became != 1 {
		t.Fatalf("without a signal: %v, handed over %d times", err, b.became)
	}
	a.ended.Store(true)
	if err := a.become(&Handed{}); !errors.Is(err, errLeaving) || b.became != 1 {
		t.Errorf("after a signal: %v, handed over %d times", err, b.became)
	}
}
