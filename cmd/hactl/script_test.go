package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hactl/agent/rehearsal"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	rehearsal.Play()
	testscript.Main(tests{m}, map[string]func(){"hactl": main})
}

// tests are all tests, and the end of what they have built.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer func() { _ = os.RemoveAll(built) }()
	return t.M.Run()
}

// The scripts in testdata/script show each verb as its users see it. Beside
// testscript's own commands they have
//
//	fakeagent DIR HOST [BEHAVIOUR]    an agent without a kernel, see fakeagent_test.go
//	code N COMMAND…                   the command ends with the exit code N
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SUDO_USER", "ops")
			deploy, err := filepath.Abs("../../deploy")
			if err != nil {
				return err
			}
			e.Setenv("DEPLOY", deploy)
			e.Setenv("EDITORS", filepath.Join(filepath.Dir(deploy), "editors"))
			e.Values[networksKey{}] = map[string]*fakeNetwork{}
			return os.MkdirAll(filepath.Join(e.WorkDir, "tmp"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fakeagent": startFakeAgent,
			"code":      expectCode,
		},
	})
}

// networkOf returns the network of the agents whose folders begin with the same
// element.
func networkOf(ts *testscript.TestScript, dir string) *fakeNetwork {
	name, _, _ := strings.Cut(dir, "/")
	networks := ts.Value(networksKey{}).(map[string]*fakeNetwork)
	if networks[name] == nil {
		networks[name] = &fakeNetwork{agents: map[string]*fakeAgent{}}
	}
	return networks[name]
}

type networksKey struct{}

// startFakeAgent runs a fake agent until the script ends.
func startFakeAgent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: fakeagent DIR HOST [BEHAVIOUR]")
	}
	behaviour := follows
	if len(args) == 3 {
		behaviour = args[2]
	}
	a, err := networkOf(ts, args[0]).join(ts.MkAbs(args[0]), args[1], behaviour)
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.run(ctx)
	}()
	ts.Defer(func() {
		cancel()
		<-ended
	})
}

// expectCode runs hactl and compares its exit code.
func expectCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = err.Error()
	}
	if want := args[0]; got != want && got != "exit status "+want {
		ts.Fatalf("%v ended with %s, want %s", args[1:], got, want)
	}
}
