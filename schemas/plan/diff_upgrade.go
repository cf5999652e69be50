package plan

import (
	"strconv"
	"strings"
)

// compare notes what becomes of an upgrade.
func (u *Upgrade) compare(is *Upgrade, n *notes) {
	plain(n, "release", u.Release.Version, is.Release.Version)
	plain(n, "source", u.Release.Source, is.Release.Source)
	plain(n, "sha256", u.Release.SHA256, is.Release.SHA256)
	switch {
	case u.strategy() != is.strategy():
		plain(n, "strategy", u.strategy(), is.strategy())
	case u.Nginx != nil:
		swap(*u.Nginx).compare(swap(*is.Nginx), n)
	case u.HAProxy != nil:
		swap(*u.HAProxy).compare(swap(*is.HAProxy), n)
	default:
		u.Exec.compare(is.Exec, n)
	}
	plain(n, "vips let go", strings.Join(u.Vips, ", "), strings.Join(is.Vips, ", "))
	plain(n, "drain timeout", lasting(u.DrainTimeout), lasting(is.DrainTimeout))
	members(n, "verifying check", "", u.Verify.Checks, is.Verify.Checks)
	plain(n, "soak", milliseconds(u.Verify.Soak), milliseconds(is.Verify.Soak))
	plain(n, "on failure", u.OnFailure, is.OnFailure)
	plain(n, "hosts at a time", u.atATime(), is.atATime())
}

// atATime is how many hosts may be under way, in words.
func (u *Upgrade) atATime() string {
	if u.MaxUnavailable == 0 {
		return "one"
	}
	return strconv.Itoa(u.MaxUnavailable)
}

// strategy names the strategy.
func (u *Upgrade) strategy() string {
	switch {
	case u.Nginx != nil:
		return "nginx"
	case u.HAProxy != nil:
		return "haproxy"
	}
	return "exec"
}

// summary says what an upgrade is, for one that comes or goes whole.
func (u *Upgrade) summary() []string {
	return []string{"strategy " + u.strategy(), "release " + u.Release.Version}
}

// swap is a strategy that replaces the binary of a running program.
type swap NginxStrategy

func (x swap) compare(is swap, n *notes) {
	plain(n, "binary", x.Binary, is.Binary)
	plain(n, "pid file", x.PIDFile, is.PIDFile)
	plain(n, "worker timeout", milliseconds(x.WorkerTimeout), milliseconds(is.WorkerTimeout))
}

func (x *ExecStrategy) compare(is *ExecStrategy, n *notes) {
	plain(n, "binary", x.Binary, is.Binary)
	n.command("command to apply", x.Apply, is.Apply)
	n.command("command to verify", x.Verify, is.Verify)
	n.command("command to roll back", x.Rollback, is.Rollback)
	plain(n, "timeout", milliseconds(x.Timeout), milliseconds(is.Timeout))
}
