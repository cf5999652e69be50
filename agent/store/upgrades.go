package store

import (
	"context"
	"path/filepath"
)

// Upgrades returns the folder, absolute, with what the agent of host keeps of
// upgrades. It need not exist.
func (d *Dir) Upgrades(host string) string {
	return filepath.Join(d.path, state, host+upgrades)
}

// SaveHistory keeps what has become of the orders of an upgrade. The file is
// readable by its owner only.
func (d *Dir) SaveHistory(host, upgrade string, data []byte) error {
	err := checkHost(host)
	if err == nil {
		err = d.put(context.Background(), filepath.Join(state, host+upgrades), upgrade, data, private)
	}
	return wrap("save the history of upgrade "+upgrade, host, err)
}

// History returns what SaveHistory kept last; an error that is fs.ErrNotExist when
// there is nothing.
func (d *Dir) History(host, upgrade string) ([]byte, error) {
	data, err := d.get(context.Background(), filepath.Join(state, host+upgrades), upgrade)
	return data, wrap("read the history of upgrade "+upgrade, host, err)
}
