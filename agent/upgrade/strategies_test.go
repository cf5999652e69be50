package upgrade

import (
	"slices"
	"testing"
	"time"

	"hactl/schemas/plan"
)

// strategies make a world's upgrade one of a master that stays, or of commands.
var strategies = map[string]func(*world){
	"haproxy": func(w *world) {
		w.upgrade.HAProxy = &plan.HAProxyStrategy{Binary: "/usr/sbin/nginx", PIDFile: "/run/nginx.pid", WorkerTimeout: 60000}
		w.upgrade.Nginx, w.told = nil, w.turn
	},
	"config": func(w *world) {
		w.upgrade.Nginx = &plan.NginxStrategy{Config: "/usr/sbin/nginx", PIDFile: "/run/nginx.pid", WorkerTimeout: 60000}
		w.told = w.turn
	},
	"exec": func(w *world) {
		w.upgrade.Exec = &plan.ExecStrategy{
			Binary: "/usr/sbin/nginx", Apply: []string{"/opt/apply"}, Verify: []string{"/opt/verify"}, Rollback: []string{"/opt/rollback"}, Timeout: 60000,
		}
		w.upgrade.Nginx = nil
	},
}

// turn does what a master does that stays: at a signal it starts workers of what is at
// the path, and those of before finish.
func (w *world) turn(p *process, s Signal) {
	build := w.files[w.upgrade.File()]
	haproxy := w.upgrade.HAProxy != nil
	if broken := w.stillborn && build == "1.27.2"; haproxy || !broken {
		p.SHA256 = builds[build]
	}
	p.Waits = haproxy
	if w.stillborn && build == "1.27.2" {
		return
	}
	for i := range p.Workers {
		p.Workers[i].Finishing = true
	}
	w.workers(p)
	p.dies = Never
	if w.frail > 0 && build == "1.27.2" {
		p.dies = w.now.Add(w.frail)
	}
}

// run runs a command: the one to apply puts the release in place, and the one to roll
// back what was there before.
func (w *world) run(e Run) string {
	switch e.Argv[0] {
	case "/opt/apply":
		if w.stillborn {
			return "/opt/apply: exit status 1"
		}
		w.files[w.upgrade.File()] = "1.27.2"
	case "/opt/rollback":
		w.files[w.upgrade.File()] = "1.26.3"
	case "/opt/verify":
		if w.frail > 0 {
			return "/opt/verify: exit status 1"
		}
	}
	w.masters[0].SHA256 = builds[w.files[w.upgrade.File()]]
	return ""
}

// Killed between any two effects, and once more after that, upgrades of the other
// strategies end as if nobody had been, too, and somebody serves all the time.
func TestStrategiesKilledAnywhere(t *testing.T) {
	for name, strategy := range strategies {
		for _, scene := range scenes {
			if scene.name == "dies after the switch" && name != "exec" {
				continue // a master that dies leaves nobody: TestMasterThatDies
			}
			if scene.name == "full disk" && name == "exec" {
				continue // nothing is installed
			}
			t.Run(name+", "+scene.name, func(t *testing.T) {
				set := func(w *world) { scene.world(w); strategy(w) }
				steps := runs(t, set, scene.ends, -1, -1)
				for first := range steps {
					for second := -1; second < steps; second++ {
						runs(t, set, scene.ends, first, second)
					}
				}
			})
		}
	}
}

// The master of the release dies: whoever supervises it starts another one by what is
// at the path then, or nobody does, and then it is said.
func TestMasterThatDies(t *testing.T) {
	for supervised, want := range map[bool]Verdict{true: Reverted, false: Down} {
		for _, name := range []string{"haproxy", "config"} {
			w := newWorld()
			strategies[name](w)
			w.frail = 2 * time.Second
			w.looked = func() {
				if supervised && len(w.masters) == 0 {
					w.masters = []*process{{Master: Master{Process: w.process(), SHA256: builds[w.files[w.upgrade.File()]]}}}
					w.workers(w.masters[0])
				}
			}
			live(t, w, -1)
			if w.outcome.Verdict != want || w.files[w.upgrade.File()] != "1.26.3" {
				t.Errorf("%s, supervised %v: %s: %s, and %v", name, supervised, w.outcome.Verdict, w.outcome.Text, w.files)
			}
		}
	}
}

// Whoever supervises a master that dies is faster than the way back: the release runs
// once more, and is told to go.
func TestSupervisorIsFaster(t *testing.T) {
	w := newWorld()
	strategies["haproxy"](w)
	w.frail = 2 * time.Second
	w.failing = func(e Effect) string {
		put, ok := e.(PutBack)
		if ok && len(w.masters) == 0 {
			w.masters = []*process{{Master: Master{Process: w.process(), SHA256: builds[w.files[put.Path]]}}}
			w.workers(w.masters[0])
		}
		return ""
	}
	live(t, w, -1)
	if w.outcome.Verdict != Reverted || !slices.ContainsFunc(w.masters, func(p *process) bool { return p.SHA256 == builds["1.26.3"] }) {
		t.Errorf("%s: %s, and %v", w.outcome.Verdict, w.outcome.Text, w.masters)
	}
}
