package fleet

import (
	"fmt"
	"strings"
	"time"

	"hactl/schemas/status"
)

// ReportEvery is how often agents write a report, at least.
const ReportEvery = 10 * time.Second

// fresh is how old a report may be for its agent to count as running. Agents
// write one at least every ReportEvery; the rest is for clocks that differ.
const fresh = time.Minute

// Alive tells whether s, read at now, comes from an agent that runs. A nil
// report comes from none.
func Alive(s *status.Host, now time.Time) bool {
	return s != nil && s.State == status.Running && now.Sub(s.Written) < fresh
}

// Living returns those of reports, read at now, that come from running agents:
// what a dead one last said of its routers counts for nothing.
func Living(reports map[string]*status.Host, now time.Time) map[string]*status.Host {
	some := map[string]*status.Host{}
	for host, s := range reports {
		if Alive(s, now) {
			some[host] = s
		}
	}
	return some
}

// Silence says that the report s, read at now, does not come from an agent that runs; nil when it
// does.
func Silence(s *status.Host, now time.Time) []string {
	switch {
	case s.State == status.Stopped:
		return []string{fmt.Sprintf("the agent stopped %s", Ago(s.Written, now))}
	case now.Sub(s.Written) >= fresh:
		return []string{fmt.Sprintf("the last report was made %s: the agent is gone, or the clocks differ", Ago(s.Written, now))}
	}
	return nil
}

// tolerated is how far clocks may be apart without anybody being told: hosts that keep
// time differ by far less, and from there on signed adverts are dropped.
const tolerated = 5 * time.Second

// Ahead says that the clock of the host of report s, read before now, is ahead of this
// machine's; nil when that is not known. A report is older than it looks by its way here,
// so one from the future proves a difference. An old one proves none: its agent may hang,
// and Silence says so.
func Ahead(s *status.Host, now time.Time) []string {
	if s.Written.Sub(now) <= tolerated {
		return nil
	}
	return []string{fmt.Sprintf("its clock is %s ahead of this machine's, or more: times of its reports are wrong by that here, "+
		"and an agent that is gone is noticed that much later; look at timedatectl on both", strings.TrimSuffix(Ago(now, s.Written), " ago"))}
}
