package agent

import (
	"bufio"
	"context"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// begun is how long after its start the agent gives the pages of its program's file
// back, of which most are there because the start touched others near them. What is used
// is there again at once, from the kernel's cache of files.
const begun = 30 * time.Second

// releaseProgram does that once, unless ctx ends before.
func releaseProgram(ctx context.Context) {
	select {
	case <-time.After(begun):
		releasePages()
	case <-ctx.Done():
	}
}

// releasePages takes the program's file out of the process's memory, as far as that is
// the file still. Memory that is locked stays: the kernel refuses.
func releasePages() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	for _, r := range unchanged(maps, program) {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, r.from, r.to-r.from, unix.MADV_DONTNEED)
	}
}

// region is memory from one address until before another.
type region struct{ from, to uintptr }

// unchanged finds in the text of smaps(5) where a file is mapped that cannot be written
// there, and of which nothing was: no page is another than the file's.
func unchanged(smaps io.Reader, file string) []region {
	var found []region
	var last region
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		switch f := strings.Fields(lines.Text()); {
		case len(f) == 3 && f[0] == "Anonymous:" && f[1] == "0" && last.to > 0:
			found = append(found, last)
		case len(f) >= 5 && !strings.HasSuffix(f[0], ":"): // a mapping begins
			last = region{}
			if strings.HasPrefix(f[1], "r") && !strings.Contains(f[1], "w") && strings.Join(f[5:], " ") == file {
				last = regionOf(f[0])
			}
		}
	}
	return found
}

// regionOf reads "400000-1a6b000"; anything else is no region.
func regionOf(s string) region {
	from, to, _ := strings.Cut(s, "-")
	a, errFrom := strconv.ParseUint(from, 16, 64)
	b, errTo := strconv.ParseUint(to, 16, 64)
	if errFrom != nil || errTo != nil || a >= b {
		return region{}
	}
	return region{uintptr(a), uintptr(b)}
}
