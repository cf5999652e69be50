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
	u.method(is, n)
	plain(n, "vips let go", strings.Join(u.Vips, ", "), strings.Join(is.Vips, ", "))
	plain(n, "drain timeout", lasting(u.DrainTimeout), lasting(is.DrainTimeout))
	members(n, "verifying check", "", u.Verify.Checks, is.Verify.Checks)
	plain(n, "soak", milliseconds(u.Verify.Soak), milliseconds(is.Verify.Soak))
	plain(n, "on failure", u.OnFailure, is.OnFailure)
	plain(n, "hosts at a time", u.atATime(), is.atATime())
}

// method notes what becomes of the strategy.
func (u *Upgrade) method(is *Upgrade, n *notes) {
	if u.Strategy() != is.Strategy() {
		plain(n, "strategy", u.Strategy(), is.Strategy())
		return
	}
	switch {
	case u.Nginx != nil:
		u.Nginx.compare(is.Nginx, n)
	case u.HAProxy != nil:
		plain(n, "binary", u.HAProxy.Binary, is.HAProxy.Binary)
	case u.Exec != nil:
		u.Exec.compare(is.Exec, n)
	}
	plain(n, "pid file", u.PIDFile(), is.PIDFile())
	plain(n, "worker timeout", milliseconds(u.WorkerTimeout()), milliseconds(is.WorkerTimeout()))
}

// atATime is how many hosts may be under way, in words.
func (u *Upgrade) atATime() string {
	if u.MaxUnavailable == 0 {
		return "one"
	}
	return strconv.Itoa(u.MaxUnavailable)
}

// summary says what an upgrade is, for one that comes or goes whole.
func (u *Upgrade) summary() []string {
	return []string{"strategy " + u.Strategy(), "release " + u.Release.Version}
}

func (x *NginxStrategy) compare(is *NginxStrategy, n *notes) {
	plain(n, "binary", x.Binary, is.Binary)
	plain(n, "configuration", x.Config, is.Config)
}

func (x *ExecStrategy) compare(is *ExecStrategy, n *notes) {
	plain(n, "binary", x.Binary, is.Binary)
	n.command("command to apply", x.Apply, is.Apply)
	n.command("command to verify", x.Verify, is.Verify)
	n.command("command to roll back", x.Rollback, is.Rollback)
	plain(n, "timeout", milliseconds(x.Timeout), milliseconds(is.Timeout))
}
