package store

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// ReplacePlan replaces the plan of host by the document doc if it is what over is
// now; otherwise the error is ErrChanged.
func (d *Dir) ReplacePlan(ctx context.Context, host string, doc, over []byte) error {
	err := errors.Join(ctx.Err(), checkHost(host), checkPlan(host, doc))
	if err == nil {
		err = replace(d.file(plans, host), doc, private, unless(d.file(plans, host), over))
	}
	return wrap("replace plan", host, err)
}

// unless returns what allows to replace a file whose content is over, nil for none.
func unless(path string, over []byte) func() error {
	return func() error {
		is, err := read(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !bytes.Equal(is, over) {
			return ErrChanged
		}
		return nil
	}
}

// SaveTrial keeps what the agent of host knows of a plan on trial; nil: nothing. The
// file is readable by its owner only, as there is a plan in it.
func (d *Dir) SaveTrial(host string, data []byte) error {
	err := checkHost(host)
	switch {
	case err != nil:
	case data == nil:
		if err = os.Remove(d.trial(host)); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	default:
		err = replace(d.trial(host), data, private, nil)
	}
	return wrap("save trial", host, err)
}

// Trial returns what SaveTrial kept last; an error that is fs.ErrNotExist when there
// is nothing.
func (d *Dir) Trial(host string) ([]byte, error) {
	err := checkHost(host)
	var data []byte
	if err == nil {
		data, err = d.believe(d.trial(host))
	}
	return data, wrap("read trial", host, err)
}

func (d *Dir) trial(host string) string {
	return filepath.Join(d.path, state, host+".trial")
}
