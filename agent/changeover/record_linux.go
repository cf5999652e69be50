package changeover

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"hactl/agent/sealed"
	"hactl/agent/upgrade"
)

// saveRecord writes a record, whole or not at all.
func saveRecord(path string, r upgrade.Record) (err error) {
	written := path + unfinished
	f, err := os.OpenFile(written, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(r.Encode())
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(written, path)
	}
	if err != nil {
		_ = os.Remove(written)
		return err
	}
	return settle(path)
}

// loadRecord reads what saveRecord wrote; nil when there is none. A record that others
// than root and this process's user could write is not believed: its commands run as root.
func loadRecord(path string) (*upgrade.Record, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var r upgrade.Record
	if err == nil {
		if err = sealed.Writing(path); err != nil {
			err = fmt.Errorf("it is not believed: %w", err)
		}
	}
	if err == nil {
		r, err = upgrade.DecodeRecord(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; look at both masters, then remove it", path, err)
	}
	return &r, nil
}
