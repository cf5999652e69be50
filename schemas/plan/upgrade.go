package plan

// Upgrade is one program of this host that hactl keeps at a release. Exactly one
// of Nginx, HAProxy and Exec is set. Which host goes first is decided when a
// release is carried through the cluster, not here.
type Upgrade struct {
	Name string `json:"name"` // unique among the plan's upgrades, the same on every host

	Nginx   *NginxStrategy   `json:"nginx,omitempty"`
	HAProxy *HAProxyStrategy `json:"haproxy,omitempty"`
	Exec    *ExecStrategy    `json:"exec,omitempty"`

	Release Build `json:"release"`

	// Vips are those that the host lets go before the upgrade, in order: all of one
	// cluster that the plan has routers of, each once; empty: none.
	Vips         []string  `json:"vips,omitempty"`
	DrainTimeout int       `json:"drain_timeout_ms,omitempty"` // how long connections may take to end once the vips are gone, 1..Longest milliseconds; 0 exactly when there are no Vips
	Verify       Verify    `json:"verify"`
	OnFailure    OnFailure `json:"on_failure"`

	// MaxUnavailable is how many hosts may be under way at a time, 2..255; 0: one.
	MaxUnavailable int `json:"max_unavailable,omitempty"`
}

// NginxStrategy replaces the binary of a running nginx by USR2, WINCH and QUIT, or
// its configuration by HUP. Exactly one of Binary and Config is set.
type NginxStrategy struct {
	Binary        string `json:"binary,omitempty"`  // absolute path
	Config        string `json:"config,omitempty"`  // absolute path of the file that the master was started with
	PIDFile       string `json:"pid_file"`          // absolute path
	WorkerTimeout int    `json:"worker_timeout_ms"` // how long old workers may finish their connections, 1..Longest milliseconds
}

// HAProxyStrategy replaces the binary of an HAProxy in master-worker mode.
type HAProxyStrategy struct {
	Binary        string `json:"binary"`            // absolute path
	PIDFile       string `json:"pid_file"`          // absolute path, of the master
	WorkerTimeout int    `json:"worker_timeout_ms"` // how long old workers may finish their connections, 1..Longest milliseconds
}

// ExecStrategy upgrades by the user's own commands: absolute paths of programs
// and their arguments, run without a shell as root.
type ExecStrategy struct {
	Binary   string   `json:"binary"`           // absolute path of the file whose hash says what release is there
	Apply    []string `json:"apply"`            // makes the release run
	Verify   []string `json:"verify,omitempty"` // succeeds when it does; empty: Apply's success will do
	Rollback []string `json:"rollback"`         // makes the release before run again
	Timeout  int      `json:"timeout_ms"`       // of each command, 1..Longest milliseconds
}

// Build is one version of a program.
type Build struct {
	Version string `json:"version"` // as the program itself says it; of a configuration, what people call it
	Source  string `json:"source"`  // absolute path of the new binary or configuration on the host
	SHA256  string `json:"sha256"`  // of that file, 64 lower-case hexadecimal digits
}

// Verify says when a new release is good.
type Verify struct {
	Checks []string `json:"checks,omitempty"` // names of the plan's checks that have to be up, sorted, each once
	Soak   int      `json:"soak_ms"`          // for how long, 0..Longest milliseconds
}

// OnFailure says what becomes of the hosts that were upgraded before one that
// failed, which itself always goes back.
type OnFailure string

// The two choices.
const (
	Rollback OnFailure = "rollback" // they go back, too
	Halt     OnFailure = "halt"     // they stay
)
