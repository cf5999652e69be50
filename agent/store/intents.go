package store

import (
	"context"
	"errors"
	"fmt"

	"hactl/schemas/intent"
)

// ErrChanged says that somebody else has changed the intents of a host since
// they were read.
var ErrChanged = errors.New("somebody else has changed them meanwhile")

// PutIntents implements Store.
func (d *Dir) PutIntents(ctx context.Context, host string, doc, over []byte) error {
	err := errors.Join(ctx.Err(), checkIntents(host, doc))
	if err == nil {
		path := d.file(intents, host)
		err = replace(path, doc, public, unless(path, over))
	}
	return wrap("put intents", host, err)
}

// Intents implements Store.
func (d *Dir) Intents(ctx context.Context, host string) ([]byte, error) {
	data, err := d.get(ctx, intents, host)
	return data, wrap("read intents", host, err)
}

// WatchIntents is Watch for host's intents.
func (d *Dir) WatchIntents(ctx context.Context, host string, changed func()) error {
	return d.watch(ctx, intents, host, changed)
}

// PutIntents implements Store.
func (s *SSH) PutIntents(ctx context.Context, host string, doc, over []byte) error {
	if err := checkIntents(host, doc); err != nil {
		return wrap("put intents", host, err)
	}
	_, err := s.ask(ctx, host, request{Op: "put-intents", Host: host, Data: doc, Was: over})
	return err
}

// Intents implements Store.
func (s *SSH) Intents(ctx context.Context, host string) ([]byte, error) {
	a, err := s.ask(ctx, host, request{Op: "intents", Host: host})
	return a.Data, err
}

// checkIntents refuses a document that is not the intents of host.
func checkIntents(host string, doc []byte) error {
	if err := checkHost(host); err != nil {
		return err
	}
	h, err := intent.Decode(doc)
	if err != nil {
		return err
	}
	if h.Host != host {
		return fmt.Errorf("they are the intents of host %q", h.Host)
	}
	return nil
}
