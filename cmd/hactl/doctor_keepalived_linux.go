package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hactl/agent/doctor"
	"hactl/lang/keepalived"
)

// keepalivedOf returns the keepalived that a process is, with what its file says.
// One that a keepalived has started itself is a part of that.
func keepalivedOf(p doctor.Process) (k doctor.Keepalived, runs bool) {
	parent, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", p.Parent))
	if p.Name != "keepalived" || strings.TrimSpace(string(parent)) == "keepalived" {
		return doctor.Keepalived{}, false
	}
	k = doctor.Keepalived{PID: p.PID, File: cmp.Or(fileArgument(p.Argv), "/etc/keepalived/keepalived.conf")}
	if !filepath.IsAbs(k.File) {
		cwd, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", p.PID))
		k.File = filepath.Join(cwd, k.File)
	}
	// The file is looked for where the process sees it: it may be in a container.
	seen := filepath.Join(fmt.Sprintf("/proc/%d/root", p.PID), k.File)
	if _, err := os.ReadFile(seen); err != nil {
		k.Fault = err.Error()
		return k, true
	}
	config, _ := keepalived.Read(keepalived.Source{Node: "", FS: os.DirFS(filepath.Dir(seen)), Path: filepath.Base(seen), Prefix: filepath.Dir(k.File)})
	for _, i := range keepalived.Decode(config).Instances {
		k.Routers = append(k.Routers, routerOf(i))
	}
	return k, true
}

// fileArgument returns the file that keepalived was started with, empty for its
// default.
func fileArgument(argv []string) string {
	for i, arg := range argv {
		if value, joined := strings.CutPrefix(arg, "--use-file="); joined {
			return value
		}
		if (arg == "-f" || arg == "--use-file") && i+1 < len(argv) {
			return argv[i+1]
		}
	}
	return ""
}

// routerOf returns what an instance claims.
func routerOf(i *keepalived.Instance) doctor.Router {
	r := doctor.Router{Name: i.Name.Text, VRID: int(i.VRID.Value), Interface: i.Interface.Text}
	for _, v := range i.VIPs {
		r.Addresses = append(r.Addresses, v.Address)
	}
	return r
}
