// Bare is what hactl's speed is compared with: it parses the files of a folder,
// one after the other, with hcl's own parser, and keeps the trees.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func main() {
	names, err := filepath.Glob(filepath.Join(os.Args[1], "*.ha.hcl"))
	if err != nil {
		panic(err)
	}
	var trees []*hcl.File
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		tree, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
		if diags.HasErrors() {
			panic(diags)
		}
		trees = append(trees, tree)
	}
	fmt.Println(len(trees), "files")
}
