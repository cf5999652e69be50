package main

import (
	"bufio"
	"cmp"
	"errors"
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

// ask asks for what is not known. An empty answer takes the one in brackets; the
// end of answers is an error.
func (f *firstConfiguration) ask(in io.Reader, out io.Writer) error {
	answers := bufio.NewScanner(in)
	ended := false
	question := func(text, proposal string) string {
		if ended {
			return proposal
		}
		fmt.Fprintf(out, "%s [%s]: ", text, proposal)
		if ended = !answers.Scan(); ended {
			fmt.Fprintln(out)
		}
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
	if ended {
		return cmp.Or(answers.Err(), errors.New("a question was not answered, and nothing was written"))
	}
	return nil
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

// check refuses answers that the language would take, but that cannot be meant.
func (f *firstConfiguration) check() error {
	if len(f.Hosts) < 2 {
		return fmt.Errorf("one host cannot survive its own death: give two hosts or more, --host lb01 --host lb02")
	}
	for _, h := range f.Hosts {
		if _, err := netip.ParsePrefix(h.Address); h.Address != "" && err != nil {
			return fmt.Errorf("host %s: %q is not an address with a prefix length, as in 10.0.0.5/24", h.Name, h.Address)
		}
	}
	if _, err := netip.ParsePrefix(f.Address); err != nil {
		return fmt.Errorf("%q is not an address with a prefix length, as in 10.0.0.100/24", f.Address)
	}
	return nil
}

// text returns the file.
func (f *firstConfiguration) text() string {
	var b strings.Builder
	b.WriteString(`# One address that survives the death of a host. Every *.ha.hcl file of this
# folder belongs to the same configuration; "hactl validate" checks it.

# Where apply brings the plans, and status finds reports: on each host, through
# your own ssh.
hactl {
  store = "ssh:"
}

`)
	var references []string
	for _, h := range f.Hosts {
		references = append(references, hostReference(h.Name))
		f.host(&b, h)
	}
	fmt.Fprintf(&b, `cluster "web" {
  # The members, the preferred one first: priorities follow from the order.
  hosts     = [%s]
  interface = %s

  # What a preferred host does when it comes back: "always" (takes the address
  # at once), "delayed" (with a delay = "10s"), or "never".
  preemption {
    mode = "always"
  }

  vip "public" {
    # The virtual router's number, the same on every member and unique on
    # their network.
    vrid      = %d
    addresses = [%s]
  }
}
`, strings.Join(references, ", "), literal(f.Interface), f.VRID, literal(f.Address))
	return b.String()
}

// host writes one host block.
func (f *firstConfiguration) host(b *strings.Builder, h firstHost) {
	if h.Address == "" {
		fmt.Fprintf(b, "host %s {}\n\n", literal(h.Name))
		return
	}
	address, _ := parseAddress(h.Address) // checked
	fmt.Fprintf(b, `host %s {
  ssh = %s # a user who may write /var/lib/hactl

  # Its own address, for checks; hactl never configures it.
  interface %s {
    addresses = [%s]
  }
}

`, literal(h.Name), literal("root@"+address.String()), literal(f.Interface), literal(h.Address))
}

// literal returns text in quotes, with nothing in it for the language to expand.
func literal(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(text))
}

// hostReference returns the expression that names a host.
func hostReference(name string) string {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return "host[" + literal(name) + "]"
		}
	}
	return "host." + name
}

// parseAddress reads the address of "10.0.0.100/24" or "10.0.0.100".
func parseAddress(s string) (netip.Addr, error) {
	address, _, _ := strings.Cut(s, "/")
	return netip.ParseAddr(address)
}
