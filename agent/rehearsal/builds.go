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

// Build is an nginx in a file.
type Build struct {
	Path    string
	Version string // as it says it
	SHA256  string // of the file, as plans have it
}

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
	version := regexp.MustCompile(`nginx/([\d.]+)`).FindSubmatch(said)
	if version == nil {
		return Build{}, fmt.Errorf("ask %s for its version: it says %q", path, said)
	}
	sum := sha256.Sum256(data)
	return Build{path, string(version[1]), hex.EncodeToString(sum[:])}, nil
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
var Nginx = sync.OnceValues(func() (Pair, error) {
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
	for _, suite := range []string{"bookworm-security", "trixie-security"} {
		collect(fromSuite(suite))
	}
	if len(found) < 2 {
		for _, version := range known() {
			collect(fromHere(version))
		}
	}
	if len(found) == 0 {
		collect(Inspect("/usr/sbin/nginx"))
	}
	if len(found) == 1 {
		collect(twin(found[0]))
	}
	if len(found) < 2 {
		return Pair{}, fmt.Errorf("two builds of nginx: %w", errors.Join(missed...))
	}
	slices.SortFunc(found, func(a, b Build) int { return strings.Compare(a.Version+a.Path, b.Version+b.Path) })
	p := Pair{One: found[0], Other: found[len(found)-1]}
	if p.One.Version == p.Other.Version {
		p.Without = fmt.Sprintf("two files of the version %s: %v", p.One.Version, errors.Join(missed...))
	}
	return p, nil
})

// twin returns a build of the same version that is another file: one byte longer.
func twin(b Build) (Build, error) {
	data, err := os.ReadFile(b.Path)
	if err != nil {
		return Build{}, err
	}
	return cached("nginx-twin-"+b.SHA256[:12], func(folder string) error {
		path := filepath.Join(folder, binary)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, append(data, 0), 0o755)
	})
}
