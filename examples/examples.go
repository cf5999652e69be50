// Package examples holds the example configurations, one folder each, and the
// ones that hactl carries within itself. It knows files only.
// Neighbours: cmd/hactl's demo unpacks one, tests compile and run them all.
package examples

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
)

//go:embed pair
var files embed.FS

// Unpack copies the example name into the folder dir, which must not exist, and
// returns dir.
func Unpack(dir, name string) (string, error) {
	folder, err := fs.Sub(files, name)
	if err == nil {
		err = os.CopyFS(dir, folder)
	}
	if err != nil {
		return "", fmt.Errorf("unpack example %s: %w", name, err)
	}
	return dir, nil
}
