//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The page "Upgrading nginx under clients", played through with its own commands, whose
// outputs are those that it shows, while clients ask. They notice nothing but what a
// release answers that is at fault.
func TestUpgradingNginx(t *testing.T) {
	w := newWebsite(t)
	if w.Without != "" {
		t.Skip("the page needs two versions of nginx")
	}
	w.describe(t)
	w.run(t, "desk", "hactl apply production --auto-approve", 0, "Applied. 2 hosts confirmed.")
	w.answered(t, "10.0.0.100").Stop()
	page, err := os.ReadFile("../../docs/upgrading-nginx.md")
	check(t, err)
	stop := w.clients(t)
	for _, section := range strings.Split(w.ofThese(string(page)), "\n## ")[1:] {
		title, _, _ := strings.Cut(section, "\n")
		pieces := strings.Split(section, "```")
		for i := 1; i < len(pieces); i += 2 {
			language, text, _ := strings.Cut(pieces[i], "\n")
			w.play(t, title, language, text)
		}
	}
	if seen := stop(); len(seen.Failed)+seen.Lost() > 0 || seen.Fresh == 0 {
		t.Errorf("clients noticed %s", seen.Noticed())
	}
}

// ofThese returns the page for the builds that there are: Debian mends its versions.
func (w *website) ofThese(page string) string {
	versions := regexp.MustCompile(`version = "([\d.]+)"`).FindAllStringSubmatch(page, -1)
	hashes := slices.Compact(regexp.MustCompile(`[0-9a-f]{64}`).FindAllString(page, -1))
	return strings.NewReplacer(versions[0][1], w.One.Version, hashes[0], w.One.SHA256,
		versions[2][1], w.Other.Version, hashes[1], w.Other.SHA256).Replace(page)
}

// play carries out a piece of code of the page.
func (w *website) play(t *testing.T, title, language, text string) {
	t.Helper()
	file := w.path("production", "nginx.ha.hcl")
	switch {
	case language == "console":
		for _, c := range commandsOf(text) {
			w.shows(t, title, c)
		}
	case language == "diff":
		check(t, os.WriteFile(file, []byte(patched(t, w.read(t, "production", "nginx.ha.hcl"), text)), 0o644))
	case strings.HasPrefix(text, "check "):
		check(t, os.WriteFile(file, []byte(text), 0o644))
	default:
		w.valid(t, title, text)
	}
}

// pageCommand is a line that somebody types at a host, and what the page shows of what
// it prints.
type pageCommand struct{ host, line, shown string }

var prompt = regexp.MustCompile(`^(desk|lb0[12])[$#] (.*)\n$`)

// commandsOf returns the commands of a piece of code.
func commandsOf(text string) (all []pageCommand) {
	for line := range strings.Lines(text) {
		if typed := prompt.FindStringSubmatch(line); typed != nil {
			all = append(all, pageCommand{host: typed[1], line: typed[2]})
		} else {
			all[len(all)-1].shown += line
		}
	}
	return all
}

// shows runs a command. What it prints is what the page shows, where "…" in a line is any
// text, and a line of "…" any lines.
func (w *website) shows(t *testing.T, title string, c pageCommand) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := w.execute(ctx, c.host, "sh", "-c", c.line)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := w.hosts[c.host].Run(cmd)
	if failed := strings.Contains(c.shown, "\nhactl: "); failed != (err != nil) {
		t.Errorf("%s: %s# %s: %v", title, c.host, c.line, err)
	}
	pattern := regexp.QuoteMeta(strings.TrimSpace(c.shown))
	pattern = regexp.MustCompile(`(?m)^…\n`).ReplaceAllString(pattern, `(?:.*\n)*?`)
	pattern = strings.ReplaceAll(pattern, "…", ".*")
	got := strings.TrimSpace(regexp.MustCompile(`(?m) +$`).ReplaceAllString(out.String(), ""))
	if !regexp.MustCompile(`^` + pattern + `$`).MatchString(got) {
		t.Errorf("%s: %s# %s\nprints\n%s\nand the page shows\n%s", title, c.host, c.line, got, c.shown)
	}
}

// valid checks a part of an upgrade block, which takes the place of another one or comes
// last.
func (w *website) valid(t *testing.T, title, part string) {
	t.Helper()
	text := w.read(t, "production", "nginx.ha.hcl")
	strategy := regexp.MustCompile(`(?m)^  nginx \{\n(?:    .*\n)*  \}\n`)
	if strings.HasPrefix(part, "drain ") {
		text = strings.TrimSuffix(text, "}\n") + part + "}\n"
	} else {
		text = strategy.ReplaceAllLiteralString(text, part)
	}
	folder := w.path("desk", "part")
	check(t, os.MkdirAll(folder, 0o755))
	check(t, os.WriteFile(w.path("desk", "part", "main.ha.hcl"), []byte(w.read(t, "production", "main.ha.hcl")+text), 0o644))
	t.Log(title)
	w.run(t, "desk", "hactl validate "+folder, 0, "valid")
}

// patched returns a text with a change: the lines that begin with "-" or a space become
// those that begin with "+" or a space.
func patched(t *testing.T, text, diff string) string {
	t.Helper()
	var was, is strings.Builder
	for line := range strings.Lines(diff) {
		if line[0] != '+' {
			was.WriteString(line[1:])
		}
		if line[0] != '-' {
			is.WriteString(line[1:])
		}
	}
	if strings.Count(text, was.String()) != 1 {
		t.Fatalf("this is not there once:\n%s", was.String())
	}
	return strings.Replace(text, was.String(), is.String(), 1)
}
