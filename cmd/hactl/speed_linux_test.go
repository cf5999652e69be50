package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	rounds = flag.Int("rounds", 0, "measure hactl beside a bare parse, in so many rounds")
	page   = flag.String("page", "", "write what was measured into this `file` of Markdown, from the heading of this part on")
)

// sizes are of how many clusters the folders are that are measured.
var sizes = []int{1000, 10_000}

// contenders are the programs that are measured, in the order of cost.
var contenders = []string{"A bare parse", "`hactl validate`", "`hactl plan`"}

// cost is what one run of a program took.
type cost struct {
	wall, cpu time.Duration
	memory    int // bytes of the largest resident set
}

// TestSpeed measures everything, if it is asked to.
func TestSpeed(t *testing.T) {
	if *rounds == 0 {
		t.Skip("a measurement of minutes: needs -rounds, as \"make bench\" has it")
	}
	hactl := binary(t)
	m := speed{Rounds: *rounds, Machine: describeMachine(), Before: loadAverage(t)}
	for _, n := range sizes {
		m.folders = append(m.folders, measureFolder(t, hactl, n))
	}
	for range 20 * *rounds {
		m.cold = append(m.cold, measure(t, hactl, "validate", "../../examples/pair").wall)
	}
	for _, perFile := range []int{1, lines10k} {
		m.edits = append(m.edits, measureEdits(t, hactl, perFile, 20**rounds))
	}
	m.After = loadAverage(t)
	if *page == "" {
		t.Log("\n" + m.write(t))
		return
	}
	check(t, m.writeInto(t, *page))
}

// measureFolder lets the contenders take turns in a folder of n clusters.
func measureFolder(t *testing.T, hactl string, n int) [][]cost {
	t.Helper()
	bare := filepath.Join(t.TempDir(), "bare")
	if out, err := exec.Command("go", "build", "-o", bare, "./testdata/bare").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	dir := t.TempDir()
	writeClusters(t, dir, n)
	costs := make([][]cost, len(contenders))
	for range *rounds {
		for i, args := range [][]string{{bare, dir}, {hactl, "validate", dir}, {hactl, "plan", dir, "--store", t.TempDir()}} {
			costs[i] = append(costs[i], measure(t, args[0], args[1:]...))
		}
	}
	return costs
}

// measure runs a program.
func measure(t *testing.T, program string, args ...string) cost {
	t.Helper()
	cmd := exec.Command(program, args...)
	var errors strings.Builder
	cmd.Stderr = &errors
	began := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, &errors)
	}
	wall := time.Since(began)
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), int(usage.Maxrss) << 10}
}

// writeClusters writes n clusters, 100 in a file: of 3 hosts each, with one vip
// of ten addresses, on a segment of their own.
func writeClusters(t *testing.T, dir string, n int) {
	t.Helper()
	var text strings.Builder
	for i := range n {
		subnet := fmt.Sprintf("10.%d.%d", i/256, i%256)
		for host := 1; host <= 3; host++ {
			fmt.Fprintf(&text, "host \"c%d-%d\" {\n  interface \"eth0\" {\n    addresses = [\"%s.%d/24\"]\n  }\n}\n\n", i, host, subnet, host)
		}
		fmt.Fprintf(&text, "cluster \"c%[1]d\" {\n  hosts     = [host.c%[1]d-1, host.c%[1]d-2, host.c%[1]d-3]\n  interface = \"eth0\"\n\n  vip \"public\" {\n    vrid      = 50\n    addresses = [\n", i)
		for a := range 10 {
			fmt.Fprintf(&text, "      \"%s.%d/24\",\n", subnet, 100+a)
		}
		text.WriteString("    ]\n  }\n}\n\n")
		if i%100 == 99 || i == n-1 {
			check(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("c%05d.ha.hcl", i/100)), []byte(text.String()), 0o600))
			text.Reset()
		}
	}
}
