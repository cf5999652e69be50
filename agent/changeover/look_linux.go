package changeover

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hactl/agent/upgrade"
)

// The titles that nginx gives its processes begin so, and one that finishes says so.
const (
	masterTitle = "nginx: master process "
	workerTitle = "nginx: worker process"
	finishing   = "is shutting down"
)

// counting is how often connections are counted at most: the kernel's table of them
// may be long.
const counting = time.Second

// eye looks at the processes of one upgrade.
type eye struct {
	runs        executables
	orphaned    []upgrade.Process // workers whose master has gone, of all looks
	connections int               // when they were counted last
	counted     time.Time         // when that was
	stage       upgrade.Stage     // of the last look
	logs        map[string]int64  // how long those of the master were before it was signalled
}

// left is the number of connections that are waited for.
func (y *eye) left() int {
	if y.stage == upgrade.Drain || y.stage == upgrade.Retire {
		return y.connections
	}
	return 0
}

// look returns what is there, but for the checks.
func (y *eye) look(r upgrade.Record) (upgrade.Observation, error) {
	o := upgrade.Observation{PIDFile: numbered(r.Upgrade.PIDFile()), Connections: -1}
	var err error
	switch u := r.Upgrade; {
	case u.Exec != nil:
		o.File = y.runs.file(u.File())
	case u.Nginx != nil && replaces(u):
		err = y.lookAtTwo(r, &o)
	default:
		err = y.lookAtOne(r, &o)
	}
	if r.Stage != y.stage {
		y.stage, y.counted = r.Stage, time.Time{}
	}
	if r.Stage == upgrade.Retire {
		o.Connections = y.count(o, r.Former)
	}
	return o, err
}

// lookAtTwo looks at an nginx that may have two masters.
func (y *eye) lookAtTwo(r upgrade.Record, o *upgrade.Observation) error {
	all, err := processes()
	if err != nil {
		return err
	}
	masters := y.masters(r, all, o.PIDFile, numbered(r.Upgrade.PIDFile()+".oldbin"))
	for i, p := range masters {
		m := upgrade.Master{Process: p.Process, SHA256: y.runs.of(p.PID)}
		m.Workers = y.workers(all, func(w process) bool { return w.parent == p.PID })
		if i > 0 && r.Stage == upgrade.Start {
			m.Deaf = deaf(masters[0].PID, p.PID)
		}
		o.Masters = append(o.Masters, m)
	}
	o.Orphans = y.orphans(r, all, masters)
	return nil
}

// masters returns the masters of an upgrade, the oldest first: processes whose
// numbers are known and that run one of its builds, and what these have started that
// runs another file than they.
func (y *eye) masters(r upgrade.Record, all []process, numbers ...int) (found []process) {
	for _, p := range all {
		named := slices.Contains(numbers, p.PID) || p.Process == r.Master || p.Process == r.Successor
		if named && y.ours(r, p.PID) && !strings.HasPrefix(p.title, workerTitle) {
			found = append(found, p)
		}
	}
	for _, p := range all {
		for _, m := range slices.Clone(found) {
			if p.parent == m.PID && !slices.Contains(found, p) && y.runs.of(p.PID) != y.runs.of(m.PID) {
				found = append(found, p)
			}
		}
	}
	slices.SortFunc(found, func(a, b process) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.PID, b.PID)) })
	return found
}

// ours reports whether a process runs one of an upgrade's two builds.
func (y *eye) ours(r upgrade.Record, pid int) bool {
	sha256 := y.runs.of(pid)
	return sha256 != "" && (sha256 == r.Old.SHA256 || sha256 == r.New.SHA256)
}

// workers returns the workers among all that are wanted, by number.
func (y *eye) workers(all []process, wanted func(process) bool) (found []upgrade.Worker) {
	for _, p := range all {
		if strings.HasPrefix(p.title, workerTitle) && wanted(p) {
			found = append(found, upgrade.Worker{Process: p.Process, SHA256: y.runs.of(p.PID), Finishing: strings.Contains(p.title, finishing)})
		}
	}
	slices.SortFunc(found, func(a, b upgrade.Worker) int { return cmp.Compare(a.PID, b.PID) })
	return found
}

// orphans returns the workers that run one of the builds, whose parent runs neither,
// since their master has gone, and that share a listening socket with one of the
// masters, or did when they were seen before: whoever finishes closes it. Others are
// another nginx's.
func (y *eye) orphans(r upgrade.Record, all, masters []process) []upgrade.Worker {
	return y.workers(all, func(w process) bool {
		if !y.ours(r, w.PID) || y.ours(r, w.parent) {
			return false
		}
		known := slices.Contains(y.orphaned, w.Process)
		if !known && slices.ContainsFunc(masters, func(m process) bool { return share(w.PID, m.PID) }) {
			y.orphaned = append(y.orphaned, w.Process)
			known = true
		}
		return known
	})
}

// arrivals returns the connections to addresses of this host.
func (y *eye) arrivals(addresses []netip.Addr) int {
	if time.Since(y.counted) < counting {
		return y.connections
	}
	y.counted, y.connections = time.Now(), 0
	for _, local := range listed(own, established) {
		if slices.Contains(addresses, local.Addr().Unmap()) {
			y.connections++
		}
	}
	return y.connections
}

// entrances returns the ports that a master and its workers listen on.
func entrances(m upgrade.Master) map[uint16]bool {
	ports := map[uint16]bool{}
	for _, p := range append([]upgrade.Worker{{Process: m.Process}}, m.Workers...) {
		for _, a := range held(p.PID, sockets(p.PID, listening)) {
			ports[a.Port()] = true
		}
	}
	return ports
}

// accepted counts the connections that came in by ports: those to the servers behind,
// which workers have as well, end with them.
func accepted(connections map[string]netip.AddrPort, ports map[uint16]bool) (n int) {
	for _, local := range connections {
		if ports[local.Port()] {
			n++
		}
	}
	return n
}

// count returns the connections of workers that finish; those of before do.
func (y *eye) count(o upgrade.Observation, former []upgrade.Process) int {
	if time.Since(y.counted) < counting {
		return y.connections
	}
	y.counted, y.connections = time.Now(), 0
	for _, m := range o.Masters {
		ports := entrances(m)
		for _, w := range m.Workers {
			if w.Finishing || slices.Contains(former, w.Process) {
				y.connections += accepted(held(w.PID, sockets(w.PID, established)), ports)
			}
		}
	}
	return y.connections
}
