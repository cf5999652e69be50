package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"hactl/agent/doctor"
	"hactl/agent/netlab"
	"hactl/schemas/plan"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// ward is a segment with a host that is examined, lb01, and another one, lb02. The
// host has a plan and no agent.
type ward struct {
	*testing.T
	lab    *netlab.Lab
	bridge *netlab.Bridge
	hosts  map[string]*netlab.Host
	dir    string // the plan store
	hactl  string
}

// newWard returns hosts that are well, but for an agent.
func newWard(t *testing.T) *ward {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: the packet filter, and other users' files")
	}
	lab, err := netlab.New()
	if err != nil {
		t.Skipf("needs network namespaces: %v", err)
	}
	w := &ward{T: t, lab: lab, hosts: map[string]*netlab.Host{}, dir: t.TempDir(), hactl: binary(t)}
	t.Cleanup(func() { check(t, lab.Close()) })
	w.bridge, err = lab.Bridge("lan")
	check(t, err)
	for i, name := range []string{"lb01", "lb02"} {
		w.hosts[name], err = lab.Host(name)
		check(t, err)
		check(t, w.hosts[name].Connect(w.bridge, "eth0", fmt.Sprintf("10.0.0.%d/24", i+5), fmt.Sprintf("2001:db8::%d/64", i+5)))
	}
	w.publish()
	return w
}

// publish gives lb01 the plan of a vip of both families with many addresses.
func (w *ward) publish() {
	w.Helper()
	p := &plan.Plan{Host: "lb01"}
	for family, group := range map[plan.Family]string{plan.IPv4: "224.0.0.18", plan.IPv6: "ff02::12"} {
		r := plan.Router{ID: "web/public/" + family.String(), Vip: "web/public", Family: family, VRID: 50, Version: 3, Priority: 254,
			AdvertInterval: 1000, Interface: "eth0", Group: group, Checksum: plan.PseudoHeader, Preemption: plan.Preemption{Mode: plan.Always},
			Announce: plan.Announce{Burst: 5}, OnAgentLoss: plan.Keep}
		if family == plan.IPv6 {
			r.Addresses = []plan.Address{{Prefix: "fe80::200:5eff:fe00:232/128"}, {Prefix: "2001:db8::100/64"}}
			r.Neighbours = []plan.Neighbour{{Host: "lb02", Kind: plan.Hactl, Priority: 244}}
		} else {
			r.Neighbours = []plan.Neighbour{{Host: "lb02", Kind: plan.Hactl, Priority: 244, Address: "10.0.0.6"}}
			for i := range 100 {
				r.Addresses = append(r.Addresses, plan.Address{Prefix: fmt.Sprintf("10.0.0.%d/24", i+100)})
			}
		}
		p.Routers = append(p.Routers, r)
	}
	slices.SortFunc(p.Routers, func(a, b plan.Router) int { return strings.Compare(a.ID, b.ID) })
	data, err := plan.Encode(p, plan.Envelope{})
	check(w.T, err)
	check(w.T, os.MkdirAll(filepath.Join(w.dir, "plans"), 0o700))
	check(w.T, os.WriteFile(filepath.Join(w.dir, "plans", "lb01.json"), data, 0o600))
}

// examine runs doctor on lb01 and returns what an examination finds, good things
// aside.
func (w *ward) examine(examination string) []doctor.Finding {
	w.Helper()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(w.Context(), w.hactl, "doctor", "--json", "--host", "lb01", "--dir", w.dir, "--socket", filepath.Join(w.dir, "agent.sock"))
	cmd.Stdout, cmd.Stderr = &out, &complaint
	_ = w.hosts["lb01"].Run(cmd) // there is no agent, which is an error
	var e examined
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		w.Fatalf("doctor: %v\n%s%s", err, &out, &complaint)
	}
	return slices.DeleteFunc(e.Findings, func(f doctor.Finding) bool { return f.Examination != examination || f.Severity == doctor.OK })
}

// do runs a command of a shell on lb01.
func (w *ward) do(line string) {
	w.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(w.Context(), "sh", "-c", line)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := w.hosts["lb01"].Run(cmd); err != nil {
		w.Fatalf("%s: %v\n%s", line, err, &out)
	}
}

// illness is something that is wrong with lb01.
type illness struct {
	examination string
	severity    doctor.Severity
	seen        string      // what the finding says, in part
	make        func(*ward) // makes it so
	mend        func(*ward) // nil: the commands of the finding do
}

// illnesses are made one after the other.
var illnesses = []illness{
	{"firewall", doctor.Error, "the chain inet filter input of nftables drops adverts that come in on eth0", func(w *ward) {
		if _, err := exec.LookPath("nft"); err != nil {
			w.Skip("needs nft")
		}
		w.do(`nft 'table inet filter { chain input { type filter hook input priority 0; policy drop; iif lo accept; ct state established,related accept; tcp dport 22 accept; }; }'`)
	}, nil},
	{"firewall", doctor.Error, "the chain inet leaving output of nftables drops adverts that leave by eth0", func(w *ward) {
		if _, err := exec.LookPath("nft"); err != nil {
			w.Skip("needs nft")
		}
		w.do(`nft 'table inet leaving { chain output { type filter hook output priority 0; meta l4proto 112 drop; }; }'`)
	}, nil},
	{"keepalived", doctor.Error, "has VRID 50 on eth0", (*ward).runKeepalived, func(w *ward) { w.stopKeepalived() }},
	{"keepalived", doctor.Error, "10.0.0.100/24 on eth0 was put there by a keepalived that does not run", func(w *ward) {
		check(w.T, w.hosts["lb01"].Do(func() error {
			link, err := netlink.LinkByName("eth0")
			if err != nil {
				return err
			}
			a, err := netlink.ParseAddr("10.0.0.100/24")
			if err != nil {
				return err
			}
			a.Protocol = 18
			return netlink.AddrAdd(link, a)
		}))
	}, nil},
	{"duplicate", doctor.Error, "somebody already answers 10.0.0.101 on eth0", func(w *ward) { w.intrude("10.0.0.101/24") },
		func(w *ward) { check(w.T, w.hosts["stranger"].DelAddress("eth0", "10.0.0.101/24")) }},
	{"duplicate", doctor.Error, "somebody already answers 2001:db8::100 on eth0", func(w *ward) {
		w.intrude("2001:db8::100/64")
		check(w.T, w.hosts["lb02"].AddAddress("eth0", "2001:db8::100/64")) // as the Active one has it
	}, func(w *ward) { check(w.T, w.hosts["stranger"].DelAddress("eth0", "2001:db8::100/64")) }},
	{"interface", doctor.Error, "eth0 is down", func(w *ward) { check(w.T, w.hosts["lb01"].LinkDown("eth0")) }, func(w *ward) {
		check(w.T, w.hosts["lb01"].LinkUp("eth0"))
	}},
	{"interface", doctor.Error, "eth0 has no ipv4 address of its own", func(w *ward) {
		check(w.T, w.hosts["lb01"].DelAddress("eth0", "10.0.0.5/24"))
	}, func(w *ward) { check(w.T, w.hosts["lb01"].AddAddress("eth0", "10.0.0.5/24")) }},
	{"interface", doctor.Error, "IPv6 is switched off on eth0", func(w *ward) { w.sysctl("ipv6/conf/eth0/disable_ipv6", "1") }, func(w *ward) {
		w.sysctl("ipv6/conf/eth0/disable_ipv6", "0")
		await(w.T, "the link-local address", func() bool { return len(w.examine("interface")) == 0 })
	}},
	{"service", doctor.Warning, "a service listens on 10.0.0.102:8080 (tcp)", func(w *ward) {
		check(w.T, w.hosts["lb01"].AddAddress("eth0", "10.0.0.102/24"))
		check(w.T, w.hosts["lb01"].Do(func() error {
			l, err := net.Listen("tcp", "10.0.0.102:8080")
			if err == nil {
				w.Cleanup(func() { l.Close() })
			}
			return err
		}))
		check(w.T, w.hosts["lb01"].DelAddress("eth0", "10.0.0.102/24"))
	}, func(w *ward) { w.sysctl("ipv4/ip_nonlocal_bind", "1") }},
	{"arp", doctor.Warning, "eth0 and eth1 are on one subnet, and arp_ignore is 0", func(w *ward) {
		check(w.T, w.hosts["lb01"].Connect(w.bridge, "eth1", "10.0.0.9/24"))
	}, func(w *ward) { w.sysctl("ipv4/conf/all/arp_ignore", "1") }},
	{"route", doctor.Error, "adverts of lb02 (10.0.0.6) come in on eth0, the way back is by away, and rp_filter is 1", func(w *ward) {
		w.do("ip link add away type veth peer name yonder && ip link set away up && ip link set yonder up && ip route add 10.0.0.6 dev away")
		w.sysctl("ipv4/conf/eth0/rp_filter", "1")
	}, func(w *ward) { w.sysctl("ipv4/conf/eth0/rp_filter", "2") }},
	{"length", doctor.Error, "an advert of web/public/ipv4 has 428 bytes, and eth0 passes 400", func(w *ward) { w.do("ip link set eth0 mtu 400") }, nil},
	{"permission", doctor.Error, "plans can be written by everybody", func(w *ward) { check(w.T, os.Chmod(filepath.Join(w.dir, "plans"), 0o777)) }, nil},
}

// Each illness is really made, found, and not found any more after it has been
// mended, where that is possible by the commands that doctor names.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	w := newWard(t)
	for _, c := range illnesses {
		t.Run(c.examination+" "+c.seen, func(t *testing.T) {
			w := &ward{t, w.lab, w.bridge, w.hosts, w.dir, w.hactl}
			if before := w.examine(c.examination); len(before) > 0 {
				t.Fatalf("before anything is wrong: %+v", before)
			}
			c.make(w)
			found := w.examine(c.examination)
			at := slices.IndexFunc(found, func(f doctor.Finding) bool { return f.Severity == c.severity && strings.Contains(f.Seen, c.seen) })
			if at < 0 {
				t.Fatalf("not found: %s: %s\n%+v", c.severity, c.seen, found)
			}
			if c.mend != nil {
				c.mend(w)
			} else {
				for _, line := range found[at].Do {
					w.do(strings.TrimPrefix(line, "sudo "))
				}
			}
			if after := w.examine(c.examination); len(after) > 0 {
				t.Errorf("still found after it has been mended: %+v", after)
			}
		})
	}
}

// intrude gives an address to a host that is none of the plan.
func (w *ward) intrude(address string) {
	w.Helper()
	if w.hosts["stranger"] == nil {
		stranger, err := w.lab.Host("stranger")
		check(w.T, err)
		check(w.T, stranger.Connect(w.bridge, "eth0", "10.0.0.77/24"))
		w.hosts["stranger"] = stranger
	}
	check(w.T, w.hosts["stranger"].AddAddress("eth0", address))
}

// This host itself is no stranger, by whichever of its interfaces it answers.
func TestDoctorAsksOthers(t *testing.T) {
	w := newWard(t)
	for _, address := range []string{"10.0.0.102/24", "2001:db8::100/64"} {
		check(t, w.hosts["lb01"].AddAddress("eth0", address))
	}
	check(t, w.hosts["lb01"].Connect(w.bridge, "eth1", "10.0.0.9/24"))
	if found := w.examine("arp"); len(found) != 1 {
		t.Fatalf("only one interface answers: %+v", found)
	}
	if found := w.examine("duplicate"); len(found) > 0 {
		t.Error(found)
	}
}

// RFC 4862 section 5.4.3: a host that is just taking an address is not told that
// somebody else takes it, too, and keeps it.
func TestDoctorLeavesStartingHostsAlone(t *testing.T) {
	w := newWard(t)
	flags := func() (flags int) {
		check(t, w.hosts["lb02"].Do(func() error {
			link, err := netlink.LinkByName("eth0")
			if err != nil {
				return err
			}
			all, err := netlink.AddrList(link, netlink.FAMILY_V6)
			for _, a := range all {
				if a.IP.String() == "2001:db8::100" {
					flags = a.Flags
				}
			}
			return err
		}))
		return flags
	}
	check(t, w.hosts["lb02"].Do(func() error {
		for name, value := range map[string]string{"accept_dad": "1", "dad_transmits": "3"} {
			if err := os.WriteFile("/proc/sys/net/ipv6/conf/eth0/"+name, []byte(value), 0); err != nil {
				return err
			}
		}
		link, err := netlink.LinkByName("eth0")
		if err != nil {
			return err
		}
		a, err := netlink.ParseAddr("2001:db8::100/64")
		if err != nil {
			return err
		}
		return netlink.AddrAdd(link, a)
	}))
	if found := w.examine("duplicate"); len(found) > 0 {
		t.Error(found)
	}
	if flags()&unix.IFA_F_TENTATIVE == 0 {
		t.Fatal("the address was not being taken any more when doctor asked")
	}
	await(t, "lb02 to have taken the address, or not", func() bool { return flags()&unix.IFA_F_TENTATIVE == 0 || flags()&unix.IFA_F_DADFAILED != 0 })
	if flags()&unix.IFA_F_DADFAILED != 0 {
		t.Error("lb02 has given the address up")
	}
}

// sysctl sets one of lb01's below net.
func (w *ward) sysctl(name, value string) {
	w.Helper()
	check(w.T, w.hosts["lb01"].Do(func() error { return os.WriteFile("/proc/sys/net/"+name, []byte(value), 0) }))
}

// runKeepalived runs one on lb01 with the VRID of the plan. It has another address,
// and is Backup for long enough.
func (w *ward) runKeepalived() {
	w.Helper()
	program, err := exec.LookPath("/usr/sbin/keepalived")
	if err != nil {
		w.Skip("needs keepalived")
	}
	config := "vrrp_instance other {\n state BACKUP\n interface eth0\n virtual_router_id 50\n priority 10\n advert_int 5\n virtual_ipaddress {\n  10.0.0.250/24\n }\n}\n"
	file := filepath.Join(w.dir, "keepalived.conf")
	check(w.T, os.WriteFile(file, []byte(config), 0o600))
	cmd := exec.Command(program, "--dont-fork", "--log-console", "--vrrp", "-f", file, "--pid", filepath.Join(w.dir, "pid"), "--vrrp_pid", filepath.Join(w.dir, "vrrp_pid"))
	_, err = w.hosts["lb01"].Start(cmd)
	check(w.T, err)
	await(w.T, "keepalived", func() bool { _, err := os.Stat(filepath.Join(w.dir, "vrrp_pid")); return err == nil })
}

// stopKeepalived ends it.
func (w *ward) stopKeepalived() {
	w.Helper()
	var pid int
	data, err := os.ReadFile(filepath.Join(w.dir, "pid"))
	check(w.T, err)
	_, err = fmt.Sscan(string(data), &pid)
	check(w.T, err)
	check(w.T, syscall.Kill(pid, syscall.SIGTERM))
	await(w.T, "the end of keepalived", func() bool { _, err := os.Stat(filepath.Join(w.dir, "pid")); return err != nil })
}
