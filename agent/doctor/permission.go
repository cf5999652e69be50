package doctor

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// examinePermissions looks who could change what the agent believes.
func examinePermissions(h *Host) []Finding {
	var all []Finding
	add := func(file string, secret bool, why string) {
		err := h.Machine.Guarded(file, secret)
		if err == nil || errors.Is(err, fs.ErrNotExist) && !secret {
			return
		}
		if errors.Is(err, fs.ErrPermission) {
			all = append(all, cannot("who can change "+file+" is not known", err, "sudo hactl doctor")...)
			return
		}
		seen, mend, told := strings.Cut(err.Error(), "; ")
		if !told {
			mend = "ls -ld " + file
		}
		all = append(all, Finding{Severity: Error, Seen: seen, Why: why, Do: []string{"sudo " + mend}})
	}
	if h.Dir != "" {
		add(path.Join(h.Dir, "plans"), false, "Whoever can write a plan decides over this host's addresses and programs: the agent follows no such plan.")
		if h.Plan != nil {
			add(path.Join(h.Dir, "plans", h.Plan.Host+".json"), false, "Whoever can write a plan decides over this host's addresses and programs: the agent follows no such plan.")
		}
	}
	if h.Socket != "" {
		add(path.Dir(h.Socket), false, "Whoever can write there can put another agent's socket in its place: the agent opens none.")
	}
	for _, file := range h.secretFiles() {
		add(file, true, "The agent uses no secret that others can read or write, and none that it cannot read.")
	}
	return orGood(all, "nobody else can write plans and secrets, or read secrets")
}

// secretFiles returns those of the plan's routers.
func (h *Host) secretFiles() []string {
	var all []string
	for _, r := range h.routers() {
		var files []string
		for _, a := range r.Auths() {
			files = append(files, a.SecretFile)
			for _, k := range a.Keys {
				files = append(files, k.SecretFile)
			}
		}
		for _, f := range files {
			if f != "" {
				all = append(all, f)
			}
		}
	}
	return all
}
