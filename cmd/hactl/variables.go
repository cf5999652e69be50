package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"hactl/lang"

	"github.com/spf13/cobra"
)

// environmentPrefix begins the names of environment variables that give a value
// to a variable of the configuration.
const environmentPrefix = "HACTL_VAR_"

// variableFlags are what a configuration gets from outside its folder: --var,
// --var-file, and --allow-files.
type variableFlags struct {
	values  []string
	files   []string
	allowed []string
}

func (f *variableFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.values, "var", nil, "give a variable a value, `NAME=VALUE`; may be repeated; wins over --var-file")
	cmd.Flags().StringArrayVar(&f.files, "var-file", nil, "read values from `FILE`; may be repeated; wins over "+environmentPrefix+"NAME")
	cmd.Flags().StringArrayVar(&f.allowed, "allow-files", nil, "let file() and its kin also read the files of `DIR`, by a path that leaves the configuration's folder; may be repeated")
}

// options reads what the flags and the environment name.
func (f *variableFlags) options() (lang.Options, error) {
	o := lang.Options{Environment: map[string]string{}}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if name, ok := strings.CutPrefix(name, environmentPrefix); ok {
			o.Environment[name] = value
		}
	}
	for _, file := range f.files {
		data, err := readSome(file)
		if err != nil {
			return o, fmt.Errorf("read --var-file: %w", err)
		}
		o.VarFiles = append(o.VarFiles, lang.VarFile{Name: file, Bytes: data})
	}
	for _, assignment := range f.values {
		name, value, ok := strings.Cut(assignment, "=")
		if !ok || name == "" {
			return o, fmt.Errorf("--var %q: write --var NAME=VALUE", assignment)
		}
		o.Variables = append(o.Variables, lang.Assignment{Name: name, Value: value})
	}
	return o, nil
}

// readSome returns the content of a file, which may be a pipe or a device, up to
// one byte more than the language takes.
func readSome(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, lang.MaxFile+1))
}
