package upgrade

import (
	"slices"
	"time"

	"hactl/schemas/plan"
)

// patience of the tests.
const patience = 30 * time.Second

// world is a host with an nginx, as far as an upgrade sees it: masters that follow
// signals as nginx does, files, and a pid file.
type world struct {
	upgrade plan.Upgrade
	now     Instant
	next    int // process number

	masters []*process // the oldest first
	files   map[string]string
	saved   []byte
	gone    int // looks since the host stands aside for the vip, which it does while there is a record
	outcome *Outcome
	written Outcome // that outlives the process

	told func(*process, Signal) // what masters do when they are signalled; nil: as those of nginx

	// What goes wrong.
	failing   func(Effect) string // why an effect fails; empty: it does not
	stillborn bool                // what USR2 starts of the release dies at once
	frail     time.Duration       // how long what it starts lives; 0: for ever
	unwell    bool                // checks are down while the release serves
	alone     bool                // no other host takes the vip
	unwanted  bool                // whoever goes on hears of an abort before it looks
	looked    func()              // called before each look; nil: nothing happens by itself
}

// process is a master.
type process struct {
	Master
	parent *process
	child  *process // that USR2 has started
	dies   Instant  // Never: not by itself
}

// before is the backup of the upgrade before.
const before = "/usr/sbin/nginx.1.25.5.20260201T120000.000Z.hactl"

// newWorld returns a host where the old binary serves.
func newWorld() *world {
	w := &world{upgrade: sample(), next: 100, files: map[string]string{"/usr/sbin/nginx": "1.26.3", "/srv/nginx-1.27.2": "1.27.2", before: "1.25.5"}}
	w.masters = []*process{{Master: Master{Process: w.process(), SHA256: builds["1.26.3"]}}}
	w.workers(w.masters[0])
	return w
}

// process returns a new process number.
func (w *world) process() Process {
	w.next++
	return Process{w.next, uint64(w.next)}
}

// workers starts a worker of a master.
func (w *world) workers(p *process) {
	p.Workers = append(p.Workers, Worker{Process: w.process(), SHA256: p.SHA256})
}

// pidFile is the master whose number the pid file holds: the newest.
func (w *world) pidFile() int {
	if len(w.masters) == 0 {
		return 0
	}
	return w.masters[len(w.masters)-1].PID
}

// serves reports whether somebody takes connections.
func (w *world) serves() bool {
	return slices.ContainsFunc(w.masters, func(p *process) bool { return len(p.serving()) > 0 })
}

// see returns what is there. What nginx does by itself it has done by then.
func (w *world) see() Observation {
	if w.looked != nil {
		w.looked()
	}
	for _, p := range slices.Clone(w.masters) {
		if p.dies != Never && p.dies <= w.now {
			w.end(p)
		}
	}
	o := Observation{PIDFile: w.pidFile(), Checks: Checks{Health: Up}, File: builds[w.files[w.upgrade.File()]], Away: w.away()}
	for _, p := range w.masters {
		p.Workers = p.serving() // those that finish have finished
		m := p.Master
		m.Workers = slices.Clone(p.Workers)
		o.Masters = append(o.Masters, m)
		if w.unwell && p.SHA256 == builds["1.27.2"] && (p == w.masters[0] || len(w.masters[0].serving()) == 0) {
			o.Checks = Checks{Unwell, "check web is down"}
		}
	}
	return o
}

// drain makes the upgrade one that lets a vip go first.
func (w *world) drain() { w.upgrade.Vips, w.upgrade.DrainTimeout = []string{"web/public"}, 30000 }

// away returns how far the vip has gone: after two looks, and its connections after
// two more.
func (w *world) away() Away {
	if w.saved == nil {
		w.gone = 0
		return Away{}
	}
	w.gone++
	a := Away{Held: true, Within: 7 * time.Second, Left: max(0, 5-w.gone)}
	if w.here() {
		a.Here = w.upgrade.Vips
	}
	return a
}

// here reports whether the host has a vip that it is to let go.
func (w *world) here() bool { return len(w.upgrade.Vips) > 0 && (w.alone || w.gone < 3) }

// touches reports whether an effect changes what serves, or its files.
func touches(e Effect) bool {
	switch e.(type) {
	case Keep, Install, PutBack, Send:
		return true
	}
	return false
}

// end ends a master. One whose successor dies takes its place again.
func (w *world) end(p *process) {
	w.masters = slices.DeleteFunc(w.masters, func(q *process) bool { return q == p })
	if p.parent != nil && p.parent.child == p {
		p.parent.child = nil
		if len(p.parent.serving()) == 0 {
			w.workers(p.parent)
		}
	}
	if p.child != nil {
		p.child.parent = nil
	}
}

// do carries out one effect, and says why it could not.
func (w *world) do(e Effect) string {
	if w.failing != nil {
		if why := w.failing(e); why != "" {
			return why
		}
	}
	switch e := e.(type) {
	case Save:
		w.saved = e.Record.Encode()
	case Keep:
		w.files[e.Backup] = w.files[e.Path]
	case Install:
		w.files[e.Path] = w.files[e.Source]
	case PutBack:
		if kept, ok := w.files[e.Backup]; ok {
			w.files[e.Path] = kept
			delete(w.files, e.Backup)
		}
	case Send:
		for _, to := range e.To {
			w.signal(to, e.Signal)
		}
	case Run:
		return w.run(e)
	case Finish:
		w.written = e.Outcome
		delete(w.files, e.Backup)
		w.saved, w.outcome = nil, &e.Outcome
	}
	return ""
}

// signal does what nginx does.
func (w *world) signal(to Process, s Signal) {
	i := slices.IndexFunc(w.masters, func(p *process) bool { return p.Process == to })
	if i < 0 {
		return
	}
	p := w.masters[i]
	if w.told != nil {
		w.told(p, s)
		return
	}
	switch s {
	case USR2:
		w.start(p)
	case WINCH:
		for i := range p.Workers {
			p.Workers[i].Finishing = true
		}
	case HUP:
		w.workers(p)
	case QUIT, TERM:
		w.end(p)
	}
}

// start starts what is at the binary's path beside p, unless somebody is there.
func (w *world) start(p *process) {
	build := w.files["/usr/sbin/nginx"]
	if p.child != nil || p.parent != nil || w.stillborn && build == "1.27.2" {
		return
	}
	child := &process{Master: Master{Process: w.process(), SHA256: builds[build]}, parent: p}
	if w.frail > 0 && build == "1.27.2" {
		child.dies = w.now.Add(w.frail)
	}
	w.workers(child)
	p.child = child
	w.masters = append(w.masters, child)
}
