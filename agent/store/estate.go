package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// SaveEstate keeps what the agent of host leaves to the next one, which is about to
// be started; nil: nothing. It is not synchronised: after a loss of power nobody wants
// it. The file is readable by its owner only, as there are secrets in it.
func (d *Dir) SaveEstate(host string, data []byte) error {
	return wrap("save estate", host, d.saveEstate(host, data))
}

func (d *Dir) saveEstate(host string, data []byte) error {
	if err := checkHost(host); err != nil {
		return err
	}
	err := os.Remove(d.estate(host))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil || data == nil {
		return err
	}
	folder, err := openFolder(filepath.Join(d.path, state), private)
	if err != nil {
		return err
	}
	defer folder.Close()
	return os.WriteFile(d.estate(host), data, private)
}

// Estate returns what SaveEstate kept last; an error that is fs.ErrNotExist when there
// is nothing.
func (d *Dir) Estate(host string) ([]byte, error) {
	err := checkHost(host)
	var data []byte
	if err == nil {
		data, err = d.believe(d.estate(host))
	}
	return data, wrap("read estate", host, err)
}

func (d *Dir) estate(host string) string {
	return filepath.Join(d.path, state, host+".estate")
}
