package doctor

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what is found in testdata")

// Each file of testdata is named like an examination and has cases: CASE/host
// tells of the host in the directives of scene, CASE/root/… are files of the host,
// CASE/ruleset is what nft says, and CASE/found is what the examination finds.
func TestExaminations(t *testing.T) {
	for _, e := range examinations {
		t.Run(e.name, func(t *testing.T) {
			file := filepath.Join("testdata", e.name+".txtar")
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			changed := false
			for i, f := range archive.Files {
				name, isWant := strings.CutSuffix(f.Name, "/found")
				if !isWant {
					continue
				}
				got := told(e.examine(stage(t, archive, name)))
				if *update && got != string(f.Data) {
					archive.Files[i].Data, changed = []byte(got), true
				} else if diff := cmp.Diff(string(f.Data), got); diff != "" {
					t.Errorf("%s: -want +got\n%s", name, diff)
				}
			}
			if changed {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// The page has a row for each examination, in their order, with the severities that
// the cases of testdata have.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, e := range examinations {
		cases, err := os.ReadFile(filepath.Join("testdata", e.name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		var may []string
		for _, s := range []Severity{Error, Warning} {
			if strings.Contains(string(cases), "\n"+string(s)+": ") {
				may = append(may, string(s))
			}
		}
		want = append(want, e.name+": "+strings.Join(may, ", "))
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| .*\\? \\| (.*) \\|$").FindAllStringSubmatch(string(page), -1) {
		got = append(got, row[1]+": "+row[2])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// told is findings as text.
func told(all []Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s: %s\n", f.Severity, f.Seen)
		if f.Why != "" {
			fmt.Fprintf(&b, "  %s\n", f.Why)
		}
		for _, line := range f.Do {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	return b.String()
}

// scene is a host that a test describes.
type scene struct {
	t    *testing.T
	root fstest.MapFS
	Host
	first   *status.Host // of several reports
	machine fake
}

// stage builds the host of a case.
func stage(t *testing.T, archive *txtar.Archive, name string) *Host {
	s := &scene{t: t, root: fstest.MapFS{}}
	s.Now = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	s.machine = fake{right: true, free: 1 << 40, ways: map[netip.Addr]string{}, faults: map[string]string{}}
	s.machine.answers = append(s.machine.answers, Holders{})
	s.machine.asked = new(int)
	for _, f := range archive.Files {
		if path, found := strings.CutPrefix(f.Name, name+"/root/"); found {
			s.root[path] = &fstest.MapFile{Data: f.Data}
		}
		if f.Name == name+"/ruleset" {
			s.machine.ruleset = f.Data
		}
	}
	for _, f := range archive.Files {
		if f.Name == name+"/host" {
			for line := range strings.Lines(string(f.Data)) {
				if words := strings.Fields(line); len(words) > 0 {
					s.tell(words)
				}
			}
		}
	}
	s.Host.Root, s.Host.Machine = s.root, s.machine
	last := s.Report
	s.Again = func() *status.Host { return last }
	if len(s.machine.answers) > 1 {
		s.Report = s.first
	}
	return &s.Host
}

// tell adds what one line says.
func (s *scene) tell(words []string) {
	arguments := words[1:]
	switch words[0] {
	case "link": // link NAME STATE MTU ADDRESS[!MARK|~]…
		s.link(arguments)
	case "router": // router VRID INTERFACE ADDRESS… [KEY=VALUE…]
		s.router(arguments)
	case "upgrade": // upgrade NAME, behind a router
		s.Plan.Upgrades = append(s.Plan.Upgrades, plan.Upgrade{Name: words[1]})
	case "report": // report KEY=VALUE…
		s.report(arguments)
	case "keepalived": // keepalived VRID INTERFACE ADDRESS…
		vrid, _ := strconv.Atoi(arguments[0])
		r := Router{Name: "VI_1", VRID: vrid, Interface: arguments[1]}
		for _, a := range arguments[2:] {
			r.Addresses = append(r.Addresses, netip.MustParseAddr(a))
		}
		s.Keepalived = append(s.Keepalived, Keepalived{PID: 7, File: "/etc/keepalived/keepalived.conf", Routers: []Router{r}})
	case "unreadable": // keepalived's file
		s.Keepalived = append(s.Keepalived, Keepalived{PID: 7, File: "/etc/keepalived/keepalived.conf", Fault: "permission denied"})
	case "way": // way ADDRESS LINK
		s.machine.ways[netip.MustParseAddr(arguments[0])] = arguments[1]
	case "holds": // holds ADDRESS MAC…
		last := s.machine.answers[len(s.machine.answers)-1]
		for _, word := range arguments[1:] {
			mac, _ := net.ParseMAC(word)
			addr := netip.MustParseAddr(arguments[0])
			last[addr] = append(last[addr], mac)
		}
	case "later": // what follows holds, and is reported, when it is asked for once more
		s.first = s.Report
		s.machine.answers = append(s.machine.answers, Holders{})
	case "runs": // runs NAME
		s.root[fmt.Sprintf("proc/%d/comm", 100+len(s.root))] = &fstest.MapFile{Data: []byte(words[1] + "\n")}
	case "clock": // clock wrong
		s.machine.right = false
	case "free": // free MIB
		n, _ := strconv.Atoi(arguments[0])
		s.Dir, s.machine.free = "/var/lib/hactl", uint64(n)<<20
	case "open": // open PATH: others can write it
		s.machine.faults[arguments[0]] = arguments[0] + " can be written by everybody: its mode is 0777; chmod o-w " + arguments[0]
	case "dir":
		s.Dir, s.Socket = "/var/lib/hactl", "/run/hactl/agent.sock"
	case "proposed":
		s.Proposed = true
	case "planfault":
		s.PlanFault = errors.New(strings.Join(arguments, " "))
	case "closed": // to who examines: closed PATH
		s.PlanFault = fmt.Errorf("open %s: %w", arguments[0], fs.ErrPermission)
		s.machine.closed = arguments[0]
	default:
		s.t.Fatalf("no such directive: %q", words)
	}
}

func (s *scene) link(words []string) {
	mtu, _ := strconv.Atoi(words[2])
	l := Link{Index: len(s.machine.links) + 1, Name: words[0], MTU: mtu, MAC: net.HardwareAddr{2, 0, 0, 0, 0, 5}, Up: words[1] != "down", Running: words[1] == "up"}
	for _, w := range words[3:] {
		w, lease := strings.CutSuffix(w, "~")
		prefix, mark, _ := strings.Cut(w, "!")
		number, _ := strconv.Atoi(mark)
		l.Addresses = append(l.Addresses, Address{Prefix: netip.MustParsePrefix(prefix), Mark: number, Expires: lease})
	}
	s.machine.links = append(s.machine.links, l)
}

func (s *scene) router(words []string) {
	if s.Plan == nil {
		s.Plan = &plan.Plan{Host: "lb01"}
	}
	vrid, _ := strconv.Atoi(words[0])
	r := plan.Router{VRID: vrid, Interface: words[1], Version: 3, Group: "224.0.0.18", AdvertInterval: 1000}
	for _, w := range words[2:] {
		key, value, isSetting := strings.Cut(w, "=")
		switch {
		case !isSetting:
			r.Addresses = append(r.Addresses, plan.Address{Prefix: w})
			r.Family = plan.Of(netip.MustParsePrefix(w).Addr())
		case key == "source":
			r.Source = value
		case key == "peer":
			r.Peers, r.Group = append(r.Peers, value), ""
		case key == "neighbour":
			r.Neighbours = append(r.Neighbours, plan.Neighbour{Host: "lb02", Address: strings.TrimPrefix(value, "?")})
		case key == "key":
			r.Auth = &plan.Auth{Type: plan.AuthHMAC, Keys: []plan.Key{{ID: 1, SecretFile: value}}}
		case key == "route":
			r.Routes = append(r.Routes, plan.Route{Destination: value})
		case key == "rule":
			r.Rules = append(r.Rules, plan.Policy{From: value})
		case key == "hook":
			r.Hooks = append(r.Hooks, plan.Hook{User: value})
		case key == "many":
			n, _ := strconv.Atoi(value)
			for i := range n {
				r.Addresses = append(r.Addresses, plan.Address{Prefix: fmt.Sprintf("10.0.1.%d/32", i)})
			}
		}
	}
	r.ID = fmt.Sprintf("web/vip%d/%v", vrid, r.Family)
	s.Plan.Routers = append(s.Plan.Routers, r)
}

func (s *scene) report(words []string) {
	s.Report = &status.Host{Host: "lb01", PID: 42, Written: s.Now, State: status.Running, Dropped: map[string]uint64{}}
	family := "ipv4"
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "age":
			age, _ := time.ParseDuration(value)
			s.Report.Written = s.Now.Add(-age)
		case "problem":
			s.Report.Problem = strings.ReplaceAll(value, "_", " ")
		case "dropped":
			s.Report.Dropped[value] = 3
		case "vip": // the family of the next router
			family = value
		case "state":
			s.Report.Routers = append(s.Report.Routers, status.Router{ID: "web/vip50/" + family, Interface: "eth0", State: value, Sent: 5, Received: 7})
		case "peer": // the Active one, heard by the last router
			s.Report.Routers[len(s.Report.Routers)-1].ActivePeer = value
		case "moved": // how often the last router did
			n, _ := strconv.Atoi(value)
			s.Report.Routers[len(s.Report.Routers)-1].Transitions = uint64(n)
		case "waiting":
			s.Report.Routers = append(s.Report.Routers, status.Router{ID: "web/vip50/ipv4", State: "initialize", Waiting: strings.ReplaceAll(value, "_", " ")})
		case "conflict": // of the last router
			r := &s.Report.Routers[len(s.Report.Routers)-1]
			r.Conflicts = append(r.Conflicts, status.Conflict{Kind: value, Since: s.Now.Add(-time.Minute), Words: "what it is, and what to look at"})
		case "differs":
			s.Report.Routers = append(s.Report.Routers, status.Router{ID: "web/vip50/ipv4", State: "backup", Differs: value})
		}
	}
}

// fake is a Machine of which everything is said.
type fake struct {
	links   []Link
	ruleset []byte // nil: there is no nft
	right   bool
	free    uint64
	answers []Holders // each time that is asked; the last one from then on
	asked   *int      // how often that was
	ways    map[netip.Addr]string
	faults  map[string]string
	closed  string // a path that who examines may not look at
}

func (f fake) Links() ([]Link, error)      { return f.links, nil }
func (f fake) Synchronised() (bool, error) { return f.right, nil }

func (f fake) WayTo(addr netip.Addr) (string, error) { return f.ways[addr], nil }

func (f fake) Ruleset() ([]byte, error) {
	if f.ruleset == nil {
		return nil, fs.ErrNotExist
	}
	return f.ruleset, nil
}

func (f fake) Holders(_ Link, addrs []netip.Addr) (Holders, error) {
	all := maps.Clone(f.answers[min(*f.asked, len(f.answers)-1)])
	maps.DeleteFunc(all, func(a netip.Addr, _ []net.HardwareAddr) bool { return !slices.Contains(addrs, a) })
	*f.asked++
	return all, nil
}

func (f fake) Free(string) (uint64, error) { return f.free, nil }

func (f fake) Guarded(path string, _ bool) error {
	if path == f.closed {
		return fmt.Errorf("stat %s: %w", path, fs.ErrPermission)
	}
	if f.faults[path] == "" {
		return nil
	}
	return fmt.Errorf("%s", f.faults[path])
}
