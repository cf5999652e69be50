package doctor

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// examineManagers looks for programs that configure interfaces and take away what
// is not theirs.
func examineManagers(h *Host) []Finding {
	var all []Finding
	if h.runs("systemd-networkd") {
		all = append(all, h.networkd()...)
	}
	if h.runs("NetworkManager") {
		all = append(all, h.networkManager()...)
	}
	return orGood(all, "nothing that manages interfaces takes addresses away")
}

// networkd says what systemd-networkd takes away when it starts or reads its files
// anew.
func (h *Host) networkd() []Finding {
	var all []Finding
	for _, name := range h.interfaces() {
		file := h.networkFile(name)
		if file == "" || setting(h.text(file)+"\n"+h.joined("etc/systemd/network/"+path.Base(file)+".d", "run/systemd/network/"+path.Base(file)+".d"), "KeepConfiguration", "yes", "static") {
			continue
		}
		drop := "/etc/systemd/network/" + path.Base(file) + ".d/hactl.conf"
		all = append(all, Finding{Severity: Warning, Seen: fmt.Sprintf("systemd-networkd manages %s (/%s) and takes foreign addresses away when it is restarted", name, file),
			Why: "The agent puts them back at once, but clients lose their connections' address for that moment.",
			Do:  []string{drop + ":", "  [Network]", "  KeepConfiguration=static", "sudo networkctl reload"}})
	}
	if h.bringsRoutes() && !h.leavesRoutes() {
		all = append(all, Finding{Severity: Warning, Seen: "systemd-networkd takes foreign routes and rules away when it is restarted",
			Why: "The plan has routes or rules that move with a vip.",
			Do:  []string{"/etc/systemd/networkd.conf.d/hactl.conf:", "  [Network]", "  ManageForeignRoutes=no", "  ManageForeignRoutingPolicyRules=no", "sudo systemctl restart systemd-networkd"}})
	}
	return all
}

// networkFile returns the file by which networkd manages an interface, from its
// own state; empty when it does not.
func (h *Host) networkFile(name string) string {
	index := h.text("sys/class/net/" + name + "/ifindex")
	for line := range strings.Lines(h.text("run/systemd/netif/links/" + index)) {
		if file, found := strings.CutPrefix(strings.TrimSpace(line), "NETWORK_FILE="); found {
			return strings.TrimPrefix(file, "/")
		}
	}
	return ""
}

// leavesRoutes reports whether networkd is told to leave foreign routes and rules.
func (h *Host) leavesRoutes() bool {
	text := h.text("etc/systemd/networkd.conf") + "\n" +
		h.joined("usr/lib/systemd/networkd.conf.d", "run/systemd/networkd.conf.d", "etc/systemd/networkd.conf.d")
	return setting(text, "ManageForeignRoutes", "no", "false", "0", "off") && setting(text, "ManageForeignRoutingPolicyRules", "no", "false", "0", "off")
}

// bringsRoutes reports whether a vip has routes or rules of its own.
func (h *Host) bringsRoutes() bool {
	return slices.ContainsFunc(h.vips(), func(v addressed) bool { return len(v.router.Routes)+len(v.router.Rules) > 0 })
}

// networkManager says which interfaces NetworkManager has in hand.
func (h *Host) networkManager() []Finding {
	var all []Finding
	text := h.text("etc/NetworkManager/NetworkManager.conf") + "\n" + h.joined("usr/lib/NetworkManager/conf.d", "run/NetworkManager/conf.d", "etc/NetworkManager/conf.d")
	for _, name := range h.interfaces() {
		unmanaged := regexp.MustCompile(`(?m)^\s*unmanaged-devices\s*[+]?=.*\binterface-name:` + regexp.QuoteMeta(name) + `\b`)
		if unmanaged.MatchString(text) || strings.Contains(h.text("run/NetworkManager/devices/"+h.text("sys/class/net/"+name+"/ifindex")), "managed=false") {
			continue
		}
		all = append(all, Finding{Severity: Warning, Seen: "NetworkManager manages " + name,
			Why: "When its connection is activated anew, foreign addresses go. The agent puts them back at once, but clients notice.",
			Do: []string{"either leave that connection alone while this host is Active, or take the interface from it and configure its own address elsewhere:",
				"/etc/NetworkManager/conf.d/hactl.conf:", "  [keyfile]", "  unmanaged-devices+=interface-name:" + name, "sudo nmcli general reload"}})
	}
	return all
}

// setting reports whether a file of lines NAME=VALUE ends up with one of the
// values.
func setting(text, name string, values ...string) bool {
	last := ""
	for line := range strings.Lines(text) {
		if key, value, found := strings.Cut(line, "="); found && strings.TrimSpace(key) == name {
			last = strings.TrimSpace(value)
		}
	}
	return slices.Contains(values, last)
}

// joined returns the contents of the files in some folders that end in ".conf".
func (h *Host) joined(folders ...string) string {
	var b strings.Builder
	for _, folder := range folders {
		names, _ := fs.Glob(h.Root, folder+"/*.conf")
		for _, name := range names {
			b.WriteString(h.text(name) + "\n")
		}
	}
	return b.String()
}
