package agent

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Only what is the file's own, page by page, can be read from it again.
func TestUnchanged(t *testing.T) {
	const smaps = `00400000-00f29000 r-xp 00000000 fe:00 99 /opt/some tools/hactl
Size:              11428 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
00f29000-01a6b000 r--p 00b29000 fe:00 99 /opt/some tools/hactl
Anonymous:             0 kB
01a6b000-01b2c000 r--p 0166b000 fe:00 99 /opt/some tools/hactl
Anonymous:            16 kB
01b2c000-01b3c000 rw-p 0172c000 fe:00 99 /opt/some tools/hactl
Anonymous:             0 kB
01b3c000-01b4c000 ---p 0172c000 fe:00 99 /opt/some tools/hactl
Anonymous:             0 kB
7f0000000000-7f0000001000 r--p 00000000 fe:00 98 /opt/some tools/hactl2
Anonymous:             0 kB
7f0000001000-7f0000002000 r--p 00000000 00:00 0
Anonymous:             0 kB
`
	want := []region{{0x400000, 0xf29000}, {0xf29000, 0x1a6b000}}
	if got := unchanged(strings.NewReader(smaps), "/opt/some tools/hactl"); !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestRegionOf(t *testing.T) {
	for s, want := range map[string]region{"1000-2000": {0x1000, 0x2000}, "": {}, "1000": {}, "2000-1000": {}, "x-2000": {}, "1000-y": {}} {
		if got := regionOf(s); got != want {
			t.Errorf("%q: got %x, want %x", s, got, want)
		}
	}
}

// A program goes on without its pages, and has fewer of them then.
func TestReleasePages(t *testing.T) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	there := func() string {
		data, err := os.ReadFile("/proc/self/smaps")
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if len(unchanged(strings.NewReader(there()), program)) < 2 {
		t.Fatalf("neither code nor constants are mapped:\n%s", there())
	}
	before := filePages(t)
	releasePages()
	if after := filePages(t); after >= before {
		t.Errorf("%d pages of files before, %d after", before, after)
	}
}

// filePages is how many pages of files the process has in memory.
func filePages(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[2]) // those that are shared
	if err != nil {
		t.Fatal(err)
	}
	return pages
}
