package plan

// Notify is one target that hears of transitions. Exactly one of Exec, Mail and
// Webhook is set.
type Notify struct {
	Name string  `json:"name"` // unique among the plan's targets, the same on every host
	On   []Event `json:"on"`   // the events that it hears of, in the order of the constants, each once; at least one

	Exec    *ExecTarget    `json:"exec,omitempty"`
	Mail    *MailTarget    `json:"mail,omitempty"`
	Webhook *WebhookTarget `json:"webhook,omitempty"`
}

// Event is the state that a router has entered, or that a conflict of it has begun or
// ended.
type Event string

// The events.
const (
	OnActive Event = "active" // the router has become Active
	OnBackup Event = "backup" // it has become Backup
	OnFault  Event = "fault"  // it is not eligible, for a reason that its status tells
	OnStop   Event = "stop"   // the agent has let go of it for good

	// OnConflict: something on the wire contradicts the router, or no longer does.
	OnConflict Event = "conflict"
)

// Events are those of states, in order. OnConflict comes after them.
func Events() []Event { return []Event{OnActive, OnBackup, OnFault, OnStop} }

// ExecTarget runs programs without a shell. At least one of the commands is set;
// each is the absolute path of a program and its arguments.
type ExecTarget struct {
	Active []string `json:"active,omitempty"` // nothing is appended
	Backup []string `json:"backup,omitempty"`
	Fault  []string `json:"fault,omitempty"`
	Stop   []string `json:"stop,omitempty"`

	Conflict []string `json:"conflict,omitempty"` // likewise; its environment says whether it has begun or ended

	// Any runs, but for conflicts, after the state's own command, with "INSTANCE", the vip's name,
	// "MASTER", "BACKUP", "FAULT" or "STOP", and the priority appended, as
	// keepalived does.
	Any []string `json:"any,omitempty"`

	User        string            `json:"user"`                  // whose rights they have, never empty
	Environment map[string]string `json:"environment,omitempty"` // as of an ExecProbe
	Timeout     int               `json:"timeout_ms"`            // after which the whole process group is killed, 1..Longest milliseconds
}

// MailTarget sends mail. With a Username exactly one of Password and PasswordFile
// is set, without one neither.
type MailTarget struct {
	To           []string `json:"to"`     // addresses as in a mail's header (RFC 5322 section 3.4: an address, or NAME <ADDRESS>), at least one
	From         string   `json:"from"`   // one such address
	Server       string   `json:"server"` // HOST:PORT, as of a TCPProbe
	Security     Security `json:"security"`
	Username     string   `json:"username,omitempty"`      // empty: no AUTH
	Password     string   `json:"password,omitempty"`      // clear text; a plan that holds one is for its owner's eyes
	PasswordFile string   `json:"password_file,omitempty"` // absolute path on the host, whose first line without the line end is the password
	CAFile       string   `json:"ca_file,omitempty"`       // absolute path of the only certificates to trust, PEM; empty: those of the system, and always so when Security is Clear
	Gather       int      `json:"gather_ms"`               // events within this time after the first go into one mail, 0..Longest milliseconds
	Timeout      int      `json:"timeout_ms"`              // of one attempt, 1..Longest milliseconds
}

// Security is how the connection to a mail server is protected.
type Security string

// The three choices.
const (
	TLS      Security = "tls"      // from the first byte
	StartTLS Security = "starttls" // asked for, and demanded
	Clear    Security = "none"     // not at all
)

// WebhookTarget posts one JSON object per event.
type WebhookTarget struct {
	URL        string            `json:"url,omitempty"`         // absolute, http or https, without a fragment; exactly one of URL and URLFile is set
	URLFile    string            `json:"url_file,omitempty"`    // absolute path on the host, whose first line is the URL: many carry a secret
	Headers    map[string]string `json:"headers,omitempty"`     // by name, as of an HTTPProbe
	BearerFile string            `json:"bearer_file,omitempty"` // absolute path on the host, whose first line is sent as a bearer token; empty: none, and always so with a header Authorization
	CAFile     string            `json:"ca_file,omitempty"`     // absolute path of the only certificates to trust, PEM; empty: those of the system
	Timeout    int               `json:"timeout_ms"`            // of one attempt, 1..Longest milliseconds
}

// Hook is a program that runs when a vip comes or goes, without a shell. Hooks
// of one kind run in the order listed, each after the one before has ended.
type Hook struct {
	When        When              `json:"when"`
	Command     []string          `json:"command"`               // absolute path of the program, then its arguments
	User        string            `json:"user"`                  // whose rights it has, never empty
	Environment map[string]string `json:"environment,omitempty"` // as of an ExecProbe
	Timeout     int               `json:"timeout_ms"`            // after which it is killed and the next step begins, 1..Longest milliseconds
}

// When is the moment a hook runs at.
type When string

// The two moments.
const (
	// BeforeRelease: before the host gives the addresses up by its own decision (a
	// planned move, SIGTERM, a plan, a check that fails), which waits for the hook
	// until its deadline. One that dies, or loses link or election, runs none.
	BeforeRelease When = "before_release"
	AfterAcquire  When = "after_acquire" // after the addresses are there and announced
)
