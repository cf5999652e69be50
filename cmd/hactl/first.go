package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// firstConfiguration is what init needs to know. Zero fields are not known yet.
type firstConfiguration struct {
	Hosts     []firstHost // best first
	Interface string
	Address   string // "10.0.0.100/24"
	VRID      int    // 1..255
}

type firstHost struct {
	Name    string
	Address string // on the interface, "10.0.0.5/24"; may stay empty
}

// parseFirstHost reads "lb01" or "lb01=10.0.0.5/24".
func parseFirstHost(s string) firstHost {
	name, address, _ := strings.Cut(s, "=")
	return firstHost{Name: strings.TrimSpace(name), Address: strings.TrimSpace(address)}
}

// ask asks for what is not known. An empty answer takes the one in brackets.
func (f *firstConfiguration) ask(in io.Reader, out io.Writer) error {
	answers := bufio.NewScanner(in)
	question := func(text, proposal string) string {
		fmt.Fprintf(out, "%s [%s]: ", text, proposal)
		answers.Scan()
		return cmp.Or(strings.TrimSpace(answers.Text()), proposal)
	}
	if len(f.Hosts) == 0 {
		line := question("Hosts, the preferred one first, NAME or NAME=ADDRESS/LENGTH", "lb01 lb02")
		for _, h := range strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ',' }) {
			f.Hosts = append(f.Hosts, parseFirstHost(h))
		}
	}
	if f.Interface == "" {
		f.Interface = question("Interface that they share a network on", "eth0")
	}
	if f.Address == "" {
		f.Address = question("Address that is to survive, with prefix length", "10.0.0.100/24")
	}
	if f.VRID == 0 {
		answer := question("Number of the virtual router, unique on that network", strconv.Itoa(vridFor(f.Address)))
		n, err := strconv.Atoi(answer)
		if err != nil {
			return fmt.Errorf("%q is no number: the virtual router's is from 1 to 255", answer)
		}
		f.VRID = n
	}
	return answers.Err()
}

// fill takes example values for what is still not known, and names them.
func (f *firstConfiguration) fill() (examples []string) {
	if len(f.Hosts) == 0 {
		f.Hosts = []firstHost{{Name: "lb01"}, {Name: "lb02"}}
		examples = append(examples, "the hosts lb01 and lb02 (--host)")
	}
	if f.Interface == "" {
		f.Interface = "eth0"
		examples = append(examples, "the interface eth0 (--interface)")
	}
	if f.Address == "" {
		f.Address = "10.0.0.100/24"
		examples = append(examples, "the address 10.0.0.100/24 (--address)")
	}
	if f.VRID == 0 {
		f.VRID = vridFor(f.Address)
	}
	return examples
}

// vridFor proposes a VRID: the last byte of the address. Addresses are unique
// on a network already, so that two that are apart propose two numbers.
func vridFor(address string) int {
	addr, err := parseAddress(address)
	if err != nil {
		return 50
	}
	bytes := addr.AsSlice()
	return cmp.Or(int(bytes[len(bytes)-1]), 50)
}

// check refuses answers that would make an invalid file. The language knows
// better, but it would point into a file that nobody wrote.
func (f *firstConfiguration) check() error {
	if len(f.Hosts) < 2 {
		return fmt.Errorf("one host cannot survive its own death: give two hosts or more, --host lb01 --host lb02")
	}
	seen := map[string]bool{}
	for _, h := range f.Hosts {
		if h.Name == "" || seen[h.Name] || strings.ContainsAny(h.Name, " \t\"$%{}\\") {
			return fmt.Errorf("host %q: give each host its own name, as in --host lb01=10.0.0.5/24", h.Name)
		}
		seen[h.Name] = true
		if _, err := netip.ParsePrefix(h.Address); h.Address != "" && err != nil {
			return fmt.Errorf("host %s: %q is not an address with a prefix length, as in 10.0.0.5/24", h.Name, h.Address)
		}
	}
	if strings.ContainsAny(f.Interface, " \t\"$%{}\\/") {
		return fmt.Errorf("%q is not the name of an interface, as in eth0", f.Interface)
	}
	if _, err := netip.ParsePrefix(f.Address); err != nil {
		return fmt.Errorf("%q is not an address with a prefix length, as in 10.0.0.100/24", f.Address)
	}
	if f.VRID < 1 || f.VRID > 255 {
		return fmt.Errorf("VRID %d: write a number from 1 to 255", f.VRID)
	}
	return nil
}

// text returns the file.
func (f *firstConfiguration) text() string {
	var b strings.Builder
	b.WriteString(`# One address that survives the death of a host. Every *.ha.hcl file of this
# folder belongs to the same configuration; "hactl validate" checks it.

`)
	var references []string
	for _, h := range f.Hosts {
		references = append(references, hostReference(h.Name))
		f.host(&b, h)
	}
	fmt.Fprintf(&b, `cluster "web" {
  # The members, the preferred one first: priorities follow from the order.
  hosts     = [%s]
  interface = %q

  # What a preferred host does when it comes back: "always" (takes the address
  # at once), "delayed" (with a delay = "10s"), or "never".
  preemption {
    mode = "always"
  }

  vip "public" {
    # The virtual router's number, the same on every member and unique on
    # their network.
    vrid      = %d
    addresses = [%q]
  }
}
`, strings.Join(references, ", "), f.Interface, f.VRID, f.Address)
	return b.String()
}

// host writes one host block.
func (f *firstConfiguration) host(b *strings.Builder, h firstHost) {
	if h.Address == "" {
		fmt.Fprintf(b, "host %q {}\n\n", h.Name)
		return
	}
	fmt.Fprintf(b, "host %q {\n  # Its own address, for checks; hactl never configures it.\n  interface %q {\n    addresses = [%q]\n  }\n}\n\n", h.Name, f.Interface, h.Address)
}

// hostReference returns the expression that names a host.
func hostReference(name string) string {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return fmt.Sprintf("host[%q]", name)
		}
	}
	return "host." + name
}

// parseAddress reads the address of "10.0.0.100/24" or "10.0.0.100".
func parseAddress(s string) (netip.Addr, error) {
	address, _, _ := strings.Cut(s, "/")
	return netip.ParseAddr(address)
}
