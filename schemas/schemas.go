// Package schemas is the contracts of hactl as JSON Schemas (draft 2020-12),
// one file each: what users write in JSON, what agents are told and report, and
// what the verbs print with --json.
//
// The files are written by go test ./cmd/hactl -run Schema -update from the Go
// types below this folder and the tables of lang/schema. The package refuses to
// know how. Neighbours: cmd/hactl prints them and tests that they are fresh.
package schemas

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.schema.json
var files embed.FS

// suffix is what a schema's file is called behind its name.
const suffix = ".schema.json"

// Names returns the names of all schemas, sorted.
func Names() []string {
	found, err := fs.Glob(files, "*"+suffix)
	if err != nil {
		panic("schemas: " + err.Error())
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = strings.TrimSuffix(f, suffix)
	}
	return names
}

// Read returns the schema of that name; false when there is none.
func Read(name string) ([]byte, bool) {
	data, err := files.ReadFile(name + suffix)
	return data, err == nil
}
