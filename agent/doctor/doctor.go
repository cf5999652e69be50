package doctor

import (
	"cmp"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// Severity ranks findings.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // the vip will not work as it should
	Warning Severity = "warning" // it works today, and may surprise later
	Unknown Severity = "unknown" // could not be examined
	OK      Severity = "ok"      // as it should be
)

// order is that of the severities in a list.
var order = map[Severity]int{Error: 0, Warning: 1, Unknown: 2, OK: 3}

// Finding is what one examination found. The shape is a contract: doctor --json
// prints it.
type Finding struct {
	Examination string   `json:"examination"` // its name, one word ("firewall")
	Severity    Severity `json:"severity"`
	Seen        string   `json:"seen"`          // what is there
	Why         string   `json:"why,omitempty"` // why it matters; empty exactly when OK
	Do          []string `json:"do,omitempty"`  // commands and lines of files, each one line; empty exactly when OK
}

// Host is what the examinations look at. All of it may be missing but Root,
// Machine and Now.
type Host struct {
	Root       fs.FS        // the host's files: "proc/…", "etc/…"
	Machine    Machine      // never nil
	Dir        string       // folder of the plan store, absolute; empty: not looked at
	Socket     string       // path of the agent's control socket; empty: not looked at
	Plan       *plan.Plan   // what the host has to do; nil: nothing yet
	Proposed   bool         // Plan is not applied yet: somebody wants to know whether it can be
	PlanFault  error        // why the plan that is there cannot be read; nil: it can, or there is none
	Report     *status.Host // of the agent that runs here; nil: none answers
	Keepalived []Keepalived // that run in this network
	Now        time.Time

	// Again asks the agent once more: nil when none answers. It may be nil itself.
	Again func() *status.Host
}

// Machine is what is asked of a host beyond its files. Every method looks and
// changes nothing.
type Machine interface {
	// Links returns the interfaces with their addresses.
	Links() ([]Link, error)

	// Ruleset returns what "nft -j list ruleset" prints; an error that is
	// fs.ErrNotExist where there is no nft.
	Ruleset() ([]byte, error)

	// WayTo returns the name of the link by which packets to an address leave; empty
	// when there is no way.
	WayTo(addr netip.Addr) (string, error)

	// Synchronised reports whether something keeps the clock right.
	Synchronised() (bool, error)

	// Holders asks who has these addresses on a link, this host aside, and returns who
	// answered: by ARP, and for IPv6, which takes a link with a Local, by neighbour
	// solicitation.
	Holders(link Link, addrs []netip.Addr) (Holders, error)

	// Free returns how many bytes can be written below a folder.
	Free(path string) (uint64, error)

	// Guarded says who else than the agent's user could write a file or folder,
	// and with secret, who could read it, and behind "; " the command that mends it;
	// nil: nobody. A file that is not there is fs.ErrNotExist.
	Guarded(path string, secret bool) error
}

// Link is an interface.
type Link struct {
	Index     int
	Name      string
	MAC       net.HardwareAddr
	MTU       int
	Up        bool
	Running   bool // has carrier
	Addresses []Address
}

// Address is an address on a link.
type Address struct {
	Prefix  netip.Prefix
	Mark    int  // IFA_PROTO, 0: none
	Expires bool // it has a lifetime, as one of DHCP has
}

// The marks of addresses of VRRP daemons.
const (
	markKeepalived = 18
	markHactl      = 112
)

// Keepalived is one that runs on the host.
type Keepalived struct {
	PID     int
	File    string   // of its configuration
	Routers []Router // empty also when the file cannot be read
	Fault   string   // why the file cannot be read; empty: it can
}

// Router is one of keepalived's.
type Router struct {
	Name      string
	VRID      int
	Interface string
	Addresses []netip.Addr // all that move with it
}

// examination looks at one thing. It returns nothing where there is nothing to
// look at.
type examination struct {
	name    string
	examine func(*Host) []Finding
}

// examinations are all, in the order in which equally bad findings are listed.
var examinations = []examination{
	{"plan", examinePlan},
	{"keepalived", examineKeepalived},
	{"duplicate", examineDuplicates},
	{"interface", examineInterfaces},
	{"firewall", examineFirewall},
	{"heard", examineHeard},
	{"conflict", examineConflicts},
	{"clock", examineClock},
	{"capability", examineCapabilities},
	{"kernel", examineKernel},
	{"manager", examineManagers},
	{"service", examineServices},
	{"arp", examineARP},
	{"route", examineWaysBack},
	{"snooping", examineSnooping},
	{"length", examineLength},
	{"permission", examinePermissions},
	{"disk", examineDisk},
}

// Examine makes all examinations and returns what they found, the worst first.
func Examine(h *Host) []Finding {
	var all []Finding
	for _, e := range examinations {
		for _, f := range e.examine(h) {
			f.Examination = e.name
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(order[a.Severity], order[b.Severity]) })
	return all
}

// good is an OK.
func good(seen string) []Finding { return []Finding{{Severity: OK, Seen: seen}} }

// orGood returns the findings, or that all is well when there are none.
func orGood(all []Finding, seen string) []Finding {
	if len(all) > 0 {
		return all
	}
	return good(seen)
}

// cannot is an examination that failed.
func cannot(what string, err error, do ...string) []Finding {
	return []Finding{{Severity: Unknown, Seen: what + ": " + err.Error(), Why: "Nothing is known about it, good or bad.", Do: do}}
}

// routers returns those of the plan.
func (h *Host) routers() []plan.Router {
	if h.Plan == nil {
		return nil
	}
	return h.Plan.Routers
}

// addressed is a router with the virtual addresses that it puts on one interface.
type addressed struct {
	router plan.Router
	link   string
	addr   netip.Addr
}

// vips returns all addresses of the plan, with where they are put.
func (h *Host) vips() []addressed {
	var all []addressed
	for _, r := range h.routers() {
		for _, a := range r.Addresses {
			if prefix, err := netip.ParsePrefix(a.Prefix); err == nil {
				all = append(all, addressed{r, cmp.Or(a.Interface, r.Interface), prefix.Addr()})
			}
		}
	}
	return all
}

// interfaces returns the names of the plan's interfaces, sorted.
func (h *Host) interfaces() []string {
	var names []string
	for _, r := range h.routers() {
		names = append(names, r.Interface)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// link returns an interface by its name.
func link(links []Link, name string) (Link, bool) {
	at := slices.IndexFunc(links, func(l Link) bool { return l.Name == name })
	if at < 0 {
		return Link{}, false
	}
	return links[at], true
}

// text returns the content of a small file without space around it, empty when it
// cannot be read.
func (h *Host) text(path string) string {
	data, _ := fs.ReadFile(h.Root, strings.TrimPrefix(path, "/"))
	return strings.TrimSpace(string(data))
}

// exists reports whether there is a file or folder.
func (h *Host) exists(path string) bool {
	_, err := fs.Stat(h.Root, strings.TrimPrefix(path, "/"))
	return err == nil
}
