package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// SaveSequence writes down up to which sequence number the adverts of host may
// have been signed. It is written in place and not synchronised: a mark outlives
// the agent, however it ends, and after a loss of power an older one may be there.
func (d *Dir) SaveSequence(host string, mark uint64) error {
	return wrap("save sequence", host, d.saveSequence(host, mark))
}

func (d *Dir) saveSequence(host string, mark uint64) error {
	if err := checkHost(host); err != nil {
		return err
	}
	folder, err := openFolder(filepath.Join(d.path, state), private)
	if err != nil {
		return err
	}
	defer folder.Close()
	f, err := os.OpenFile(d.sequence(host), os.O_CREATE|os.O_WRONLY, private)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%020d\n", mark) // of one length
	return errors.Join(err, f.Close())
}

// Sequence returns what SaveSequence wrote last; an error that is fs.ErrNotExist
// when there is nothing.
func (d *Dir) Sequence(host string) (uint64, error) {
	data, err := read(d.sequence(host))
	if err != nil {
		return 0, wrap("read sequence", host, err)
	}
	mark, err := strconv.ParseUint(strings.TrimSuffix(string(data), "\n"), 10, 64)
	return mark, wrap("read sequence", host, err)
}

func (d *Dir) sequence(host string) string {
	return filepath.Join(d.path, state, host+".sequence")
}
