// Package docs has no code: it tests that the texts beside the code say nothing
// that is not so. It reads Markdown and source files, and knows nothing else of
// the program but what the examples need to be compiled.
// Neighbours: README.md and docs are what it reads, lang and compiler judge the
// examples.
package docs

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// root is the project's folder.
var root = os.DirFS("..")

// page is one text.
type page struct {
	name string // "docs/architecture.md"
	text string
}

// pages returns every text that is written by hand.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		names, err := fs.Glob(root, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			all = append(all, page{name, read(t, name)})
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d pages found", len(all))
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// block is a fenced piece of code.
type block struct {
	line     int // of its first line
	language string
	text     string
}

// blocks returns the fenced pieces of code of a text.
func blocks(text string) []block {
	var all []block
	open := false
	for i, line := range strings.Split(text, "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && !open:
			all = append(all, block{line: i + 2, language: language})
			open = true
		case fence:
			open = false
		case open:
			all[len(all)-1].text += line + "\n"
		}
	}
	return all
}

var span = regexp.MustCompile("`([^`\n]+)`")

// code returns everything in a text that is marked as code, except HCL.
func code(text string) []string {
	var all []string
	for _, b := range blocks(text) {
		if b.language != "hcl" {
			all = append(all, strings.Split(b.text, "\n")...)
		}
	}
	for _, m := range span.FindAllStringSubmatch(prose(text), -1) {
		all = append(all, m[1])
	}
	return all
}

// prose returns a text without its fenced pieces of code.
func prose(text string) string {
	var kept []string
	open := false
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "```") {
			open = !open
		} else if !open {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
