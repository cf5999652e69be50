package changeover

import (
	"bytes"
	"cmp"
	"os"
	"slices"
	"strings"

	"hactl/agent/upgrade"
)

// lookAtOne looks at a master that stays the same process: that of the pid file, or
// the one that the record names.
func (y *eye) lookAtOne(r upgrade.Record, o *upgrade.Observation) error {
	waits := y.waits(o.PIDFile) // before its workers are looked for: when it waits, they have been started
	all, err := processes()
	if err != nil {
		return err
	}
	for _, named := range []func(process) bool{
		func(p process) bool { return p.PID == o.PIDFile },
		func(p process) bool { return p.Process == r.Successor },
		func(p process) bool { return p.Process == r.Master },
	} {
		i := slices.IndexFunc(all, func(p process) bool { return named(p) && y.isMaster(r, p) })
		if i < 0 {
			continue
		}
		m := upgrade.Master{Process: all[i].Process, SHA256: y.runs.of(all[i].PID)}
		m.Workers = y.crew(r, all, m.PID)
		m.Waits = waits != "" && waits == m.SHA256 && m.PID == o.PIDFile
		switch {
		case r.Stage == upgrade.Replace: // it is signalled next
			y.logs = logs(m.PID)
		case r.Stage == upgrade.Start && r.Upgrade.Nginx != nil:
			m.Complaint = emergency(m.PID, y.logs)
		case r.Stage == upgrade.Start:
			m.Deaf = unheard(r, m.Workers)
		}
		o.Masters = []upgrade.Master{m}
		return nil
	}
	return nil
}

// waits returns the hash of what a master of HAProxy runs that has started the workers
// that it could, and waits; empty: it does not. It starts itself again to wait.
func (y *eye) waits(pid int) string {
	sha256 := y.runs.of(pid) // before its environment: that is then of this program, or of a later one
	environment, err := os.ReadFile(dir(pid) + "environ")
	if err != nil || !bytes.Contains(environment, []byte("HAPROXY_MWORKER_WAIT_ONLY=1\x00")) {
		return ""
	}
	return sha256
}

// isMaster reports whether a process can be the master: HAProxy's runs one of the builds,
// and nginx's says what it is.
func (y *eye) isMaster(r upgrade.Record, p process) bool {
	if r.Upgrade.Nginx != nil {
		return strings.HasPrefix(p.title, masterTitle)
	}
	return y.ours(r, p.PID)
}

// crew returns the workers of a master. HAProxy's have its title, and it may have other
// children.
func (y *eye) crew(r upgrade.Record, all []process, master int) (found []upgrade.Worker) {
	if r.Upgrade.Nginx != nil {
		return y.workers(all, func(p process) bool { return p.parent == master })
	}
	for _, p := range all {
		if p.parent == master && y.ours(r, p.PID) {
			found = append(found, upgrade.Worker{Process: p.Process, SHA256: y.runs.of(p.PID)})
		}
	}
	slices.SortFunc(found, func(a, b upgrade.Worker) int { return cmp.Compare(a.PID, b.PID) })
	return found
}

// unheard returns the addresses of a record that no new worker listens on; none while
// there are no new workers.
func unheard(r upgrade.Record, workers []upgrade.Worker) (addresses []string) {
	var heard []string
	fresh := false
	for _, w := range workers {
		if !slices.Contains(r.Former, w.Process) {
			fresh = true
			heard = append(heard, listens(w.PID)...)
		}
	}
	for _, a := range r.Listens {
		if fresh && !slices.Contains(heard, a) {
			addresses = append(addresses, a)
		}
	}
	return addresses
}
