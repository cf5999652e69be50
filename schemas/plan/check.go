package plan

// Longest is the longest duration in a plan, a day, in milliseconds.
const Longest = 24 * 60 * 60 * 1000

// Check is one health check of the host. It runs once, however many routers
// track it. Exactly one of the probes is set.
type Check struct {
	Name string `json:"name"` // unique among the plan's checks, the same on every host

	Interval int     `json:"interval_ms"` // between the starts of two runs, 10..Longest milliseconds; a run that takes longer delays the next
	Timeout  int     `json:"timeout_ms"`  // after which a run counts as failed and is ended, 1..Longest milliseconds
	Jitter   int     `json:"jitter_ms"`   // the first run begins a random time up to this after the start, 0..Interval milliseconds
	Fall     int     `json:"fall"`        // failures in a row before the check is down, 1..1000
	Rise     int     `json:"rise"`        // successes in a row before it is up again, 1..1000
	Initial  Initial `json:"initial"`

	HTTP    *HTTPProbe    `json:"http,omitempty"`
	TCP     *TCPProbe     `json:"tcp,omitempty"`
	Exec    *ExecProbe    `json:"exec,omitempty"`
	Process *ProcessProbe `json:"process,omitempty"`
	File    *FileProbe    `json:"file,omitempty"`
	Ping    *PingProbe    `json:"ping,omitempty"`
}

// Initial is what a check is before its first result.
type Initial string

// The three choices.
const (
	// Unknown: routers that track the check wait in Initialize for its first
	// result, which decides at once, whatever Fall and Rise say.
	Unknown Initial = "unknown"
	Up      Initial = "up"   // until Fall failures in a row
	Down    Initial = "down" // until Rise successes in a row
)

// HTTPProbe asks for a page, without following redirects. ServerName, CAFile and
// Insecure are of https only, Body and Digest of GET only, as HEAD brings no
// body.
type HTTPProbe struct {
	URL        string            `json:"url"`                   // absolute, http or https, without a user and a fragment
	Method     string            `json:"method"`                // "GET" or "HEAD"
	Host       string            `json:"host,omitempty"`        // the Host header, visible ASCII; empty: as URL says
	Headers    map[string]string `json:"headers,omitempty"`     // others, by name, which is there once in any case, and not "Host"
	Status     []StatusRange     `json:"status"`                // the answers that are successes, at least one
	Body       string            `json:"body,omitempty"`        // a regular expression (RE2) that the body's first MiB has to match; empty: any body
	Digest     string            `json:"digest,omitempty"`      // the SHA-256 of the whole body, 64 lower-case hexadecimal digits; empty: any
	ServerName string            `json:"server_name,omitempty"` // for SNI, and the name that the certificate has to have: letters, digits, ".", "-" and "_"; empty: Host, or that of URL
	CAFile     string            `json:"ca_file,omitempty"`     // absolute path of the only certificates to trust, PEM; empty: those of the system
	Insecure   bool              `json:"insecure,omitempty"`    // any certificate will do; never with a CAFile
}

// StatusRange is a range of HTTP status codes, both ends included.
type StatusRange struct {
	From int `json:"from"` // 100..599
	To   int `json:"to"`   // From..599
}

// TCPProbe opens a connection and closes it.
type TCPProbe struct {
	Address string `json:"address"` // HOST:PORT, the port a number; an IPv6 address in brackets, with its zone where it needs one
}

// ExecProbe runs a program without a shell: exit status 0 is success.
type ExecProbe struct {
	Command     []string          `json:"command"`               // absolute path of the program, then its arguments
	User        string            `json:"user"`                  // whose rights it has, never empty
	Environment map[string]string `json:"environment,omitempty"` // by name: letters, digits and "_", no digit first
}

// ProcessProbe looks for running processes. Exactly one of Name and PIDFile is
// set.
type ProcessProbe struct {
	Name    string `json:"name,omitempty"`     // the last element of the program's path, without "/"
	PIDFile string `json:"pid_file,omitempty"` // absolute path; the process whose number it holds
	Minimum int    `json:"minimum"`            // how many are needed, 1..4194304; 1 with a PIDFile
}

// FileProbe looks at a file.
type FileProbe struct {
	Path    string `json:"path"` // absolute
	Expect  Expect `json:"expect"`
	Minimum *int   `json:"minimum,omitempty"` // for Number; nil: no limit
	Maximum *int   `json:"maximum,omitempty"` // for Number, at least Minimum; nil: no limit
}

// Expect is what a FileProbe counts as success.
type Expect string

// The three choices.
const (
	Exists Expect = "exists" // something is there under that path
	Absent Expect = "absent" // nothing is
	Number Expect = "number" // a file that holds one whole number within Minimum and Maximum
)

// PingProbe sends one ICMP echo request.
type PingProbe struct {
	Address string `json:"address"` // a unicast IP address in its usual form, without a zone, and so none that is link-local in IPv6
}

// Effect is what a track that is down does to its routers.
type Effect string

// The three effects.
const (
	// Demote lowers the priority so far that a host with fewer failures wins;
	// nothing is released without a successor.
	Demote Effect = "demote"

	// Fault makes the router not eligible: it yields, and keeps answering until a
	// successor is heard, for at most an advertisement interval (version 2: a second)
	// and 100 ms. Where one of a unit cannot be heard any more, its successor has to
	// miss adverts first: at most four intervals and 100 ms then. Never more than 5 s.
	// After that it gives up also when nobody took over.
	Fault Effect = "fault"

	// Weigh changes the priority as keepalived's weights do.
	Weigh Effect = "weight"
)

// Track makes a router depend on a check or an interface, which is down unless
// it is up and running, and has been for a second since it last was not. Exactly
// one of Check and Interface is set. The router's own interface is always tracked
// with Fault, and not listed.
//
// The effective priority is the base priority plus every positive Weight whose
// track is up plus every negative one whose track is down, held within 1..254.
// An Owner's stays 255.
type Track struct {
	Check     string `json:"check,omitempty"`     // the name of one of the plan's checks
	Interface string `json:"interface,omitempty"` // a name on this host, another one than the router's
	Effect    Effect `json:"effect"`
	Weight    int    `json:"weight,omitempty"` // Demote: -253..-1; Weigh: -253..253 without 0; Fault: 0
}
