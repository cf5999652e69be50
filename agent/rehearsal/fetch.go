package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cached returns the build that a folder of the user's cache holds, which make fills
// when it does not. Two processes may do so at a time: the folder is there whole or not
// at all.
func (k kind) cached(name string, make func(folder string) error) (Build, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return Build{}, err
	}
	name = k.name + "-" + name
	folder := filepath.Join(cache, "hactl-tests", name)
	path := filepath.Join(folder, k.binary())
	if b, err := Inspect(path); err == nil {
		return b, nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return Build{}, err
	}
	draft, err := os.MkdirTemp(filepath.Dir(folder), name+".")
	if err != nil {
		return Build{}, err
	}
	defer os.RemoveAll(draft)
	if err := make(draft); err != nil {
		return Build{}, err
	}
	if err := os.Rename(draft, folder); err != nil && !errors.Is(err, fs.ErrExist) {
		return Build{}, err
	}
	return Inspect(path)
}

// known returns the versions of the package that apt knows.
func (k kind) known() (all []string) {
	listed, _ := exec.Command("apt-cache", "madison", k.name).Output() // nothing without apt
	for line := range strings.Lines(string(listed)) {
		if f := strings.Split(line, "|"); len(f) == 3 && !slices.Contains(all, strings.TrimSpace(f[1])) {
			all = append(all, strings.TrimSpace(f[1]))
		}
	}
	return all
}

// fromHere returns a version of the package that apt knows.
func (k kind) fromHere(version string) (Build, error) {
	return k.cached(version, func(folder string) error {
		return k.fetch(folder, `apt-get download "$2=$1" && dpkg -x ./*.deb .`, version)
	})
}

// ofSuite fetches the package of a release of Debian, which this machine need not run,
// from its mirror of security updates: lists are short there. apt's own stay untouched.
const ofSuite = `
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 'debian-security/*$') ||
	{ echo "apt has no mirror of debian-security"; exit 1; }
mkdir -p lists/partial archives/partial
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >sources.list
private() {
	apt-get -qq -o Dir::Etc::SourceList="$PWD/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$PWD/lists" \
		-o Dir::Cache="$PWD" -o Acquire::Languages=none -o Acquire::Retries=0 -o Acquire::http::Timeout=10 \
		-o APT::Sandbox::User=root -o APT::Update::Error-Mode=any "$@"
}
private update && private download "$2" && dpkg -x ./*.deb . && rm -rf lists archives ./*.bin`

// fromSuite returns the package of a release of Debian.
func (k kind) fromSuite(suite string) (Build, error) {
	return k.cached(suite, func(folder string) error { return k.fetch(folder, ofSuite, suite) })
}

// fetch runs a script of the shell in a folder. Its arguments are which of the packages
// is meant, and the package's name.
func (k kind) fetch(folder, script, argument string) error {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "sh", "-c", script, "sh", argument, k.name)
	cmd.Dir = folder
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetch %s %s: %w: %s", k.name, argument, err, strings.Join(strings.Fields(string(said)), " "))
	}
	return nil
}
