package main

import (
	"errors"
	"os"
	"path/filepath"
)

// replaceFile makes data the content of the file path, whole or not at all.
// prepare, if not nil, is given the new file before it takes its place; without
// it only its owner may read it.
func replaceFile(path string, data []byte, prepare func(*os.File) error) error {
	next, err := os.CreateTemp(filepath.Dir(path), ".hactl-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(next.Name()) // fails once it has taken its place
	_, err = next.Write(data)
	if err == nil && prepare != nil {
		err = prepare(next)
	}
	if err == nil {
		err = next.Sync() // or a crash may leave an empty file in its place
	}
	if err := errors.Join(err, next.Close()); err != nil {
		return err
	}
	return os.Rename(next.Name(), path)
}
