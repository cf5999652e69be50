package changeover

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"

	"golang.org/x/sys/unix"
)

// newest is how much of what is new in a log is read, in bytes from its end.
const newest = 64 << 10

// logs returns the sizes of the files that a process appends to, by descriptor: its
// error log is one of them, unless it logs elsewhere.
func logs(pid int) map[string]int64 {
	sizes := map[string]int64{}
	fds, _ := os.ReadDir(dir(pid) + "fd") // nothing when it has ended
	for _, fd := range fds {
		path := dir(pid) + "fd/" + fd.Name()
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() && appends(pid, fd.Name()) {
			sizes[path] = info.Size()
		}
	}
	return sizes
}

// opened finds the flags of a descriptor, octal.
var opened = regexp.MustCompile(`(?m)^flags:\s*(\d+)$`)

// appends reports whether a process writes to the end of what a descriptor is.
func appends(pid int, fd string) bool {
	data, _ := os.ReadFile(dir(pid) + "fdinfo/" + fd)
	m := opened.FindSubmatch(data)
	if m == nil {
		return false
	}
	flags, err := strconv.ParseInt(string(m[1]), 8, 64)
	return err == nil && flags&unix.O_APPEND != 0
}

// summing is what nginx says last when it could not get an address. What it said before
// is the reason.
const summing = "still could not bind()"

// emergency returns the last that an nginx master says was in the way, in what has come
// to its logs since they had those sizes; empty: nothing.
func emergency(pid int, since map[string]int64) (text string) {
	said := regexp.MustCompile(fmt.Sprintf(`\[emerg\] %d#\d+: (.*)`, pid))
	for path, size := range since {
		for _, m := range said.FindAllStringSubmatch(tail(path, size), -1) {
			if m[1] != summing {
				text = m[1]
			}
		}
	}
	return text
}

// tail returns what a file has behind an offset, of much the end.
func tail(path string, offset int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() <= offset {
		return ""
	}
	offset = max(offset, info.Size()-newest)
	data, _ := io.ReadAll(io.NewSectionReader(f, offset, newest))
	return string(data)
}
