package rehearsal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Build is an nginx or HAProxy in a file.
type Build struct {
	Path    string
	Version string // as it says it
	SHA256  string // of the file, as plans have it
}

// kind is a program that upgrades are rehearsed with, as Debian packages it.
type kind struct {
	name   string         // of the package
	says   *regexp.Regexp // finds the version in what it says with -v
	suites []string       // Debian's releases that two versions are taken of
}

// The kinds. A later release's HAProxy does not run on an earlier one's libraries.
var (
	nginx   = kind{"nginx", regexp.MustCompile(`nginx/([\d.]+)`), []string{"bookworm-security", "trixie-security"}}
	haproxy = kind{"haproxy", regexp.MustCompile(`HA-?Proxy version (\S+)`), nil}
)

// binary is where Debian's package has the program.
func (k kind) binary() string { return "usr/sbin/" + k.name }

// Inspect returns the build that a file is.
func Inspect(path string) (Build, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Build{}, err
	}
	said, err := exec.Command(path, "-v").CombinedOutput()
	if err != nil {
		return Build{}, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	sum := sha256.Sum256(data)
	for _, k := range []kind{nginx, haproxy} {
		if m := k.says.FindSubmatch(said); m != nil {
			return Build{path, string(m[1]), hex.EncodeToString(sum[:])}, nil
		}
	}
	return Build{}, fmt.Errorf("ask %s for its version: it says %q", path, said)
}

// Pair is two builds that are different files.
type Pair struct {
	One, Other Build

	// Without says in words why these are not two versions; empty: they are.
	Without string
}

// Nginx returns two builds of nginx, that of the lower version first: Debian's packages
// from two of its releases. Where these cannot be had, they are two packages of the
// release that this machine runs, or one nginx and its twin. Nothing is installed: what
// is fetched stays in the user's cache.
var Nginx = sync.OnceValues(nginx.pair)

// HAProxy returns two builds of HAProxy likewise, from the release that this machine runs.
var HAProxy = sync.OnceValues(haproxy.pair)

// pair returns two builds.
func (k kind) pair() (Pair, error) {
	var found []Build
	var missed []error
	collect := func(b Build, err error) {
		switch {
		case err != nil:
			missed = append(missed, err)
		case !slices.ContainsFunc(found, func(has Build) bool { return has.SHA256 == b.SHA256 }):
			found = append(found, b)
		}
	}
	for _, suite := range k.suites {
		collect(k.fromSuite(suite))
	}
	if len(found) < 2 {
		for _, version := range k.known() {
			collect(k.fromHere(version))
		}
	}
	if len(found) == 0 {
		collect(Inspect("/" + k.binary()))
	}
	if len(found) == 1 {
		collect(k.twin(found[0]))
	}
	if len(found) < 2 {
		return Pair{}, fmt.Errorf("two builds of %s: %w", k.name, errors.Join(missed...))
	}
	slices.SortFunc(found, func(a, b Build) int { return strings.Compare(a.Version+a.Path, b.Version+b.Path) })
	p := Pair{One: found[0], Other: found[len(found)-1]}
	if p.One.Version == p.Other.Version {
		p.Without = fmt.Sprintf("two files of the version %s: %v", p.One.Version, errors.Join(missed...))
	}
	return p, nil
}

// twin returns a build of the same version that is another file: one byte longer.
func (k kind) twin(b Build) (Build, error) {
	data, err := os.ReadFile(b.Path)
	if err != nil {
		return Build{}, err
	}
	return k.cached("twin-"+b.SHA256[:12], func(folder string) error {
		path := filepath.Join(folder, k.binary())
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, append(data, 0), 0o755)
	})
}
