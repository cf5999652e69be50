package upgrade

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"hactl/schemas/plan"
)

// record is one of an upgrade that waits for the new master.
func record() Record {
	before, after := facts().builds(sample())
	return Record{Upgrade: sample(), Stage: Start, Old: before, New: after, Master: Process{100, 1}}
}

// A record is what it was after its way through a file.
func TestRecordRoundTrip(t *testing.T) {
	back := record()
	back.Stage, back.Cause, back.Successor = Dismiss, "check web is down", Process{200, 2}
	for _, want := range []Record{record(), back} {
		got, err := DecodeRecord(want.Encode())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}

// others are records of the other strategies.
func others() []Record {
	haproxy, config, exec := record(), record(), record()
	haproxy.Upgrade.HAProxy, haproxy.Upgrade.Nginx = &plan.HAProxyStrategy{Binary: "/usr/sbin/haproxy", PIDFile: "/run/haproxy.pid", WorkerTimeout: 1}, nil
	haproxy.Former, haproxy.Listens = []Process{{101, 2}}, []string{"10.0.0.100:80"}
	config.Upgrade.Nginx = &plan.NginxStrategy{Config: "/etc/nginx/nginx.conf", PIDFile: "/run/nginx.pid", WorkerTimeout: 1}
	config.Cause, config.Reverse = "check web is down", true
	exec.Upgrade.Exec, exec.Upgrade.Nginx = &plan.ExecStrategy{Binary: "/opt/app", Apply: []string{"/opt/up"}, Rollback: []string{"/opt/up", "--back"}, Timeout: 1}, nil
	exec.Old.Source, exec.Master, exec.Stage = "", Process{}, Verify
	return []Record{haproxy, config, exec}
}

// So are those of all strategies.
func TestRecordsOfStrategies(t *testing.T) {
	for _, want := range others() {
		got, err := DecodeRecord(want.Encode())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
	for want, damage := range map[string]func(haproxy, config, exec *Record) *Record{
		"haproxy has no stage revive":        func(h, _, _ *Record) *Record { h.Stage, h.Cause = Revive, "x"; return h },
		"exec has no stage start":            func(_, _, e *Record) *Record { e.Stage = Start; return e },
		"a path is missing, or not absolute": func(_, _, e *Record) *Record { e.Upgrade.Exec.Rollback = nil; return e },
		"a time is out of range":             func(_, _, e *Record) *Record { e.Upgrade.Exec.Timeout = 0; return e },
		"a command has no reverse":           func(_, _, e *Record) *Record { e.Reverse, e.Cause = true, "x"; return e },
		"a process number is missing":        func(h, _, _ *Record) *Record { h.Master.PID = 0; return h },
		"it is of no strategy, or of several": func(h, c, _ *Record) *Record {
			h.Upgrade.Nginx = c.Upgrade.Nginx
			return h
		},
	} {
		all := others()
		if _, err := DecodeRecord(damage(&all[0], &all[1], &all[2]).Encode()); err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// What no machine saves is refused.
func TestDecodeRecordRefuses(t *testing.T) {
	for want, damage := range map[string]func(*Record){
		"it is of no strategy, or of several":                   func(r *Record) { r.Upgrade.Nginx = nil },
		"nothing is recorded before there is something to undo": func(r *Record) { r.Stage = Preflight },
		"a path is missing, or not absolute":                    func(r *Record) { r.Old.Source = "nginx" },
		"a time is out of range":                                func(r *Record) { r.Upgrade.Nginx.WorkerTimeout = 0 },
		"the two builds are not told apart by their hashes":     func(r *Record) { r.New.SHA256 = r.Old.SHA256 },
		"a process number is missing":                           func(r *Record) { r.Master.PID = 0 },
		"the way back and its cause go together":                func(r *Record) { r.Stage = Revive },
	} {
		r := record()
		damage(&r)
		if _, err := DecodeRecord(r.Encode()); err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	good := string(record().Encode())
	for text, want := range map[string]string{
		"":         "unexpected end of JSON input",
		good + "x": "invalid character 'x' after top-level value",
		strings.Replace(good, `"format": 1`, `"format": 2`, 1): "it has format 2, and this program knows 1",
		strings.Replace(good, `"start"`, `"jump"`, 1):          `no stage is called "jump"`,
		strings.Replace(good, `"stage"`, `"stages"`, 1):        `json: unknown field "stages"`,
		strings.Replace(good, `"cluster"`, `"x"`, 1)[:50]:      "unexpected end of JSON input",
	} {
		if _, err := DecodeRecord([]byte(text)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// What is accepted is written as it was read, and a machine goes on with it whatever
// it sees.
func FuzzRecord(f *testing.F) {
	f.Add(record().Encode())
	f.Add(bytes.Replace(record().Encode(), []byte(`"start"`), []byte(`"commit"`), 1))
	f.Add(bytes.Replace(record().Encode(), []byte(`"stage": "start",`), []byte(`"stage": "revive", "cause": "x",`), 1))
	for _, r := range others() {
		f.Add(r.Encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := DecodeRecord(data)
		if err != nil {
			return
		}
		again, err := DecodeRecord(r.Encode())
		if err != nil || !reflect.DeepEqual(r, again) {
			t.Fatalf("%+v became %+v: %v", r, again, err)
		}
		m := Resume(r, patience)
		m.Step(1, Seen{Observation{PIDFile: 1, Masters: []Master{{Process: Process{1, 1}, SHA256: r.New.SHA256}}}})
		m.Step(2, Did{})
		m.Step(3, Seen{})
		m.Step(4, Did{})
		m.Step(5, Seen{Observation{File: r.Old.SHA256}})
		m.Step(m.deadline, Timeout{})
	})
}
