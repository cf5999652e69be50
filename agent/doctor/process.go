package doctor

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Process is one that runs on the host.
type Process struct {
	PID    int
	Parent int
	Name   string   // of the program, at most 15 bytes
	Argv   []string // empty for one of the kernel
}

// Processes returns those below proc in root that are in the network namespace of
// this process, sorted by their numbers. Where namespaces cannot be read, all are.
func Processes(root fs.FS) []Process {
	entries, _ := fs.ReadDir(root, "proc")
	own, _ := fs.ReadLink(root, "proc/self/ns/net")
	var all []Process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		dir := "proc/" + e.Name()
		if theirs, err := fs.ReadLink(root, dir+"/ns/net"); err == nil && own != "" && theirs != own {
			continue
		}
		name, err := fs.ReadFile(root, dir+"/comm")
		if err != nil {
			continue // it has ended
		}
		p := Process{PID: pid, Name: strings.TrimSpace(string(name)), Parent: parent(root, dir)}
		if line, _ := fs.ReadFile(root, dir+"/cmdline"); len(line) > 0 {
			p.Argv = strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Process) int { return a.PID - b.PID })
	return all
}

// parent returns the number of a process's parent, 0 when it cannot be read.
func parent(root fs.FS, dir string) int {
	data, _ := fs.ReadFile(root, dir+"/stat")
	text := string(data)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	pid, _ := strconv.Atoi(fields[1])
	return pid
}

// runs reports whether a program runs, by the name that the kernel keeps.
func (h *Host) runs(name string) bool {
	return slices.ContainsFunc(Processes(h.Root), func(p Process) bool { return p.Name == name[:min(len(name), 15)] })
}
