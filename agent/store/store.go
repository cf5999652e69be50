package store

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"hactl/schemas/plan"
)

// DefaultDir is the folder of a host's plan store when none is named.
const DefaultDir = "/var/lib/hactl"

// Store is what publishing plans and asking for reports needs. Its methods may
// be called from several goroutines.
type Store interface {
	// PutPlan replaces the plan of host by the document doc, whole or not at all.
	// It refuses a document that is no plan of host, or none that the hactl there
	// can read.
	PutPlan(ctx context.Context, host string, doc []byte) error

	// Plan returns the stored plan of host, unchecked; an error that is
	// fs.ErrNotExist when there is none.
	Plan(ctx context.Context, host string) ([]byte, error)

	// Status returns the last report of host's agent, unchecked; an error that is
	// fs.ErrNotExist when there is none.
	Status(ctx context.Context, host string) ([]byte, error)

	// PutIntents replaces the intents of host by the document doc, whole or not at
	// all, if they are what over is now, nil for none; otherwise the error is
	// ErrChanged. It refuses a document that is not of host.
	PutIntents(ctx context.Context, host string, doc, over []byte) error

	// Intents returns the stored intents of host, unchecked; an error that is
	// fs.ErrNotExist when there are none.
	Intents(ctx context.Context, host string) ([]byte, error)

	// Hosts returns the names of the hosts that have a plan, sorted. When some
	// could not be asked, it returns the others and an error.
	Hosts(ctx context.Context) ([]string, error)

	// PutRollout records r on its hosts, unless another rollout is under way
	// there: the error is then a *BusyError. The rollout with the ID over, if that
	// is not empty, is replaced even so.
	PutRollout(ctx context.Context, r Rollout, over string) error

	// Rollout returns the newest record that any host has, nil when there is
	// none. When some could not be asked, it returns that of the others and an
	// error.
	Rollout(ctx context.Context) (*Rollout, error)

	// Close ends what the store has started. It must not be used afterwards.
	Close() error
}

// Target is a host as a store that reaches it from elsewhere needs it.
type Target struct {
	Host string // its name in the configuration
	SSH  string // destination for ssh, "ops@10.0.0.5" or "ssh://ops@10.0.0.5:2222"; empty: Host
}

// scheme is the beginning of a store that is no path.
var scheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)

// Open returns the store that spec names: nothing for DefaultDir, a path for a
// folder of this machine, "ssh:" or "ssh:/path" for the folders of the targets.
// It connects to nothing yet.
func Open(spec string, targets []Target) (Store, error) {
	switch m := scheme.FindStringSubmatch(spec); {
	case spec == "":
		return OpenDir(DefaultDir)
	case m == nil:
		return OpenDir(spec)
	case m[1] == "ssh":
		return openSSH(strings.TrimPrefix(spec, "ssh:"), targets)
	default:
		return nil, fmt.Errorf("open store %q: there is no store %q: a path or ssh: is needed (a path with a colon begins with ./)", spec, m[1]+":")
	}
}

// openSSH checks dir, which is on the targets, and the targets.
func openSSH(dir string, targets []Target) (Store, error) {
	if dir != "" && (!path.IsAbs(dir) || strings.HasPrefix(dir, "//") || !printable(dir)) {
		return nil, fmt.Errorf("open store %q: want ssh: or ssh: and an absolute path on the hosts; where a host is, its own ssh attribute says", "ssh:"+dir)
	}
	s := newSSH(dir)
	for _, t := range targets {
		if err := s.add(t); err != nil {
			return nil, fmt.Errorf("open store %q: %w", "ssh:"+dir, err)
		}
	}
	return s, nil
}

// checkHost refuses a name that cannot be a file's, or would be one elsewhere.
func checkHost(host string) error {
	if host == "" || len(host) > 200 || host[0] == '.' || !printable(host) || strings.ContainsRune(host, filepath.Separator) {
		return fmt.Errorf("host name %q: it cannot be the name of a file", host)
	}
	return nil
}

// checkPlan refuses a document that is no plan of host.
func checkPlan(host string, doc []byte) error {
	d, err := plan.Decode(doc)
	if err != nil {
		return err
	}
	if d.Plan.Host != host {
		return fmt.Errorf("it is the plan of host %q", d.Plan.Host)
	}
	return nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
