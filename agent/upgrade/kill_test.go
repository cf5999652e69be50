package upgrade

import (
	"maps"
	"strings"
	"testing"
	"time"
)

// scenes are hosts on which an upgrade ends in a known way.
var scenes = []struct {
	name  string
	world func(*world)
	ends  Verdict
}{
	{"good", func(w *world) {}, Committed},
	{"stillborn", func(w *world) { w.stillborn = true }, Reverted},
	{"dies after the switch", func(w *world) { w.frail = 2 * time.Second }, Reverted},
	{"checks are down", func(w *world) { w.unwell = true }, Reverted},
	{"drained", func(w *world) { w.drain() }, Committed},
	{"drained, and checks are down", func(w *world) { w.drain(); w.unwell = true }, Reverted},
	{"nobody else has the vip", func(w *world) { w.drain(); w.alone = true }, Refused},
	{"full disk", func(w *world) {
		w.failing = func(e Effect) string {
			if _, ok := e.(Install); ok {
				return "no space left on device"
			}
			return ""
		}
	}, Reverted},
	{"no record can be written", func(w *world) {
		w.failing = func(e Effect) string {
			if s, ok := e.(Save); ok && s.Must {
				return "no space left on device"
			}
			return ""
		}
	}, Reverted},
}

// Killed between any two effects, and killed once more between any two after that,
// an upgrade ends as if nobody had been; somebody serves all the time, and what lies
// at the binary's path in the end is what serves.
func TestKilledAnywhere(t *testing.T) {
	for _, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			steps := runs(t, scene.world, scene.ends, -1, -1)
			for first := range steps {
				for second := -1; second < steps; second++ {
					runs(t, scene.world, scene.ends, first, second)
				}
			}
		})
	}
}

// runs carries out an upgrade whose process is killed before its effect number first,
// and again before the one number second after that; negative: it is not. It returns
// how many effects there were.
func runs(t *testing.T, set func(*world), ends Verdict, first, second int) (effects int) {
	t.Helper()
	w := newWorld()
	set(w)
	kills := []int{first, second}
	for life := 0; w.outcome == nil; life++ {
		stop := -1
		if life < len(kills) {
			stop = kills[life]
		}
		if life > len(kills) {
			t.Fatalf("killed at %v: it goes on and on", kills)
		}
		effects = live(t, w, stop)
	}
	left(t, w, ends, kills...)
	return effects
}

// left checks how an upgrade has ended, and what it has left.
func left(t *testing.T, w *world, ends Verdict, kills ...int) {
	t.Helper()
	if w.outcome.Verdict != ends {
		t.Fatalf("killed at %v: %s: %s, want %s", kills, w.outcome.Verdict, w.outcome.Text, ends)
	}
	build := map[bool]string{true: "1.27.2", false: "1.26.3"}[ends == Committed]
	if w.files["/usr/sbin/nginx"] != build || len(w.masters) != 1 || w.masters[0].SHA256 != builds[build] {
		t.Fatalf("killed at %v: left %v and %d masters, want %s alone", kills, w.files, len(w.masters), build)
	}
	kept := map[bool]string{true: "/usr/sbin/nginx.1.26.3.20260301T120000.000Z.hactl", false: before}[ends == Committed]
	for name := range w.files {
		if strings.HasSuffix(name, backupEnd) != (name == kept) {
			t.Fatalf("killed at %v: left %s, want %s", kills, name, kept)
		}
	}
	if w.upgrade.Exec == nil && w.files[kept] == "" || w.written.Verdict != ends {
		t.Fatalf("killed at %v: %s is not kept, or %s was written down", kills, kept, w.written.Verdict)
	}
}

// Killed between any two effects, an upgrade whose order was taken back meanwhile goes
// back from where it was, unless it commits.
func TestKilledAndAborted(t *testing.T) {
	ways := map[string]func(*world){"nginx": func(*world) {}}
	maps.Copy(ways, strategies)
	for name, set := range ways {
		t.Run(name, func(t *testing.T) {
			for kill := range runs(t, set, Committed, -1, -1) {
				w := newWorld()
				set(w)
				live(t, w, kill)
				if w.saved == nil || w.outcome != nil {
					continue
				}
				r, err := DecodeRecord(w.saved)
				if err != nil {
					t.Fatal(err)
				}
				w.unwanted = true
				live(t, w, -1)
				left(t, w, map[bool]Verdict{true: Committed, false: Reverted}[r.Stage == Commit], kill)
			}
		})
	}
}

// live is the life of one process: it carries out effects until the upgrade ends, or
// until it is killed before the effect number stop.
func live(t *testing.T, w *world, stop int) (effects int) {
	t.Helper()
	m := New(w.upgrade, patience)
	if w.saved != nil {
		r, err := DecodeRecord(w.saved)
		if err != nil {
			t.Fatal(err)
		}
		m = Resume(r, patience)
	}
	var queue []Input
	if w.saved == nil {
		queue = append(queue, Begin{Spare: before})
	} else if w.unwanted {
		queue = append(queue, Abort{"the order was taken back"})
	}
	for rounds := 0; w.outcome == nil; rounds++ {
		if rounds > 10000 {
			t.Fatalf("it never ends; at %v", m.Record().Stage)
		}
		if len(queue) == 0 {
			w.now = w.now.Add(100 * time.Millisecond)
			queue = append(queue, Seen{w.see()}, Timeout{})
		}
		in := queue[0]
		queue = queue[1:]
		var did *Did
		for _, e := range m.Step(w.now, in).Effects {
			if effects++; effects-1 == stop {
				return effects
			}
			switch e.(type) {
			case Inspect:
				f := facts()
				f.Master = w.masters[0].Process
				queue = append(queue, Inspected{f})
				continue
			case Save, Keep, Install, PutBack, Send, Sever, Run:
				if did == nil {
					did = &Did{}
				}
			}
			if did != nil && did.Err != "" {
				continue
			}
			served := w.serves()
			if touches(e) && w.here() {
				t.Fatalf("killed at %d: %s while the vip is here", stop, describe(e))
			}
			if why := w.do(e); why != "" {
				did.Err = why
			}
			if served && !w.serves() {
				t.Fatalf("killed at %d: nobody serves after %s", stop, describe(e))
			}
		}
		if did != nil {
			queue = append(queue, *did)
		}
	}
	return effects
}

// A master that dies at any moment is no reason to take away the other one: the
// upgrade ends, and whoever is left serves.
func TestMasterDiesAnytime(t *testing.T) {
	for _, scene := range scenes {
		for first := range 2 { // the older one, or the younger
			for moment := range 25 {
				w := newWorld()
				scene.world(w)
				looks := 0
				w.looked = func() {
					if looks++; looks == moment && len(w.masters) > first && len(w.masters) > 1 {
						w.end(w.masters[first])
					}
				}
				live(t, w, -1)
				if !w.serves() && scene.name != "dies after the switch" {
					t.Errorf("%s: master %d dies at look %d: %s: %s, and nobody serves", scene.name, first, moment, w.outcome.Verdict, w.outcome.Text)
				}
				if v := w.outcome.Verdict; v == Refused && scene.ends != Refused || v == Current {
					t.Errorf("%s: master %d dies at look %d: %s", scene.name, first, moment, v)
				}
			}
		}
	}
}
