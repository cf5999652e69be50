package main

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/schemas/plan"

	"github.com/spf13/cobra"
)

// release is the version of this source. A build of a tag by the Go tool knows
// better; a package sets it (-ldflags "-X main.release=…").
var release = development

// development is the version of a source that is no release.
const development = "0.1.0-dev"

// tagged matches the module versions that are tags, not made up from a commit.
var tagged = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+$`)

// build says which hactl this is.
type build struct {
	Version    string `json:"version"`          // "0.1.0", with "-dev" when it is not a release
	Commit     string `json:"commit,omitempty"` // of the source; "+dirty" is appended when it had changes
	Date       string `json:"date,omitempty"`   // of the commit, RFC 3339
	Go         string `json:"go"`               // the compiler, "go1.26.0"
	Platform   string `json:"platform"`         // "linux/amd64"
	PlanFormat int    `json:"plan_format"`      // the newest plan format that this binary reads
}

func newVersionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version [--json]",
		Short: "Say which hactl this is",
		Long: `Version says which hactl this is: its version and commit, the compiler and the
platform that it was built with and for, and the newest plan format that it reads.

It exits with 0.`,
		Example: `  hactl version
  hactl version --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return terminal.PrintJSON(cmd.OutOrStdout(), thisBuild())
			}
			fmt.Fprintln(cmd.OutOrStdout(), thisBuild())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// String returns one line.
func (b build) String() string {
	line := "hactl " + b.Version
	if b.Commit != "" {
		line += " (" + b.Commit + ")"
	}
	return fmt.Sprintf("%s, %s, %s, plan format %d", line, b.Go, b.Platform, b.PlanFormat)
}

// thisBuild reads what the Go tool has written into the binary.
func thisBuild() build {
	b := build{Version: release, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, PlanFormat: plan.Format}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; release == development && tagged.MatchString(v) {
		b.Version = v[1:]
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	b.Commit, b.Date = settings["vcs.revision"], settings["vcs.time"]
	if len(b.Commit) > 12 {
		b.Commit = b.Commit[:12]
	}
	if settings["vcs.modified"] == "true" {
		b.Commit += "+dirty"
	}
	return b
}
