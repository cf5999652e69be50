package schema

import "time"

var check = &Block{
	Type:    "check",
	Label:   "the check's name",
	Form:    Name,
	Unique:  true,
	PerHost: true,
	Doc:     "A health check, run on each host whose vips track it. It runs once there, however many do. It holds one block that says how to look.",
	Example: `check "nginx" {
  http {
    url = "http://127.0.0.1/healthz"
  }
  interval = "3s"
  timeout  = "2s"
}`,
	Attributes: []Attribute{
		{Name: "interval", Type: Duration, Default: 2 * time.Second, Shortest: 10 * time.Millisecond, Longest: 24 * time.Hour, Example: `"3s"`,
			Doc: "The time from the start of one run to the start of the next. Two runs never overlap."},
		{Name: "timeout", Type: Duration, Default: 2 * time.Second, Shortest: time.Millisecond, Longest: 24 * time.Hour, Example: `"1s"`,
			Doc: "When a run that has not ended counts as failed; a program is killed then, with all that it started."},
		{Name: "fall", Type: Integer, Min: 1, Max: 1000, Default: 2, Example: `3`,
			Doc: "Failures in a row before the check is down."},
		{Name: "rise", Type: Integer, Min: 1, Max: 1000, Default: 2, Example: `3`,
			Doc: "Successes in a row before it is up again."},
		{Name: "initial", Type: String, Enum: []string{"unknown", "up", "down"}, Default: "unknown", Example: `"down"`,
			Doc: "What it is before its first result: with `unknown` the host claims nothing until the first result, which decides at once; `up` and `down` hold until `fall` failures or `rise` successes."},
		{Name: "jitter", Type: Duration, Default: time.Duration(0), Longest: time.Hour, Example: `"500ms"`,
			Doc: "The first run begins a random time up to this after the start, so that hosts do not run their checks in step; at most the interval."},
	},
	Blocks:     []*Block{probeHTTP, probeTCP, probeExec, probeProcess, probeFile, probePing},
	ExactlyOne: [][]string{{"http", "tcp", "exec", "process", "file", "ping"}},
}

var probeHTTP = &Block{
	Type: "http",
	Max:  1,
	Doc:  "Asks for a page. Redirects are not followed.",
	Example: `http {
  url    = "https://127.0.0.1:8443/healthz"
  host   = "www.example.com"
  status = [200, "300-399"]
}`,
	Attributes: []Attribute{
		{Name: "url", Type: String, Form: URL, Required: true, Example: `"http://127.0.0.1/healthz"`,
			Doc: "What to ask for, http or https."},
		{Name: "method", Type: String, Enum: []string{"GET", "HEAD"}, Default: "GET", Example: `"HEAD"`,
			Doc: "The method of the request."},
		{Name: "host", Type: String, Form: HostHeader, Implied: "that of `url`", Example: `"www.example.com"`,
			Doc: "The Host header."},
		{Name: "headers", Type: StringMap, Keys: HeaderName, Form: HeaderValue, Sensitive: true, Implied: "none", Example: `{ Accept = "application/json" }`,
			Doc: "Other headers."},
		{Name: "status", Type: Strings, Form: StatusRange, Min: 1, Max: 100, Implied: "`200` to `299`", Example: `[200, "300-399"]`,
			Doc: "The answers that count as success: codes, and ranges of them as texts."},
		{Name: "body", Type: String, Form: Pattern, Implied: "any body", Example: `"^OK"`,
			Doc: "A regular expression (RE2) that the first MiB of the body has to match."},
		{Name: "digest", Type: String, Form: SHA256, Implied: "any body", Example: `"2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df"`,
			Doc: "The SHA-256 of the whole body."},
		{Name: "server_name", Type: String, Form: HostName, Implied: "`host`, or the host of `url`", Example: `"www.example.com"`,
			Doc: "The name that is asked for by SNI, and that the certificate has to have."},
		{Name: "ca_file", Type: String, Form: AbsolutePath, Implied: "the certificates of the system", Example: `"/etc/ssl/private-ca.pem"`,
			Doc: "A file on the host with the only certificates to trust, PEM."},
		{Name: "verify", Type: Bool, Default: true, Example: `false`,
			Doc: "Whether the server's certificate has to be valid."},
	},
}

var probeTCP = &Block{
	Type: "tcp",
	Max:  1,
	Doc:  "Opens a connection and closes it.",
	Example: `tcp {
  address = "127.0.0.1:5432"
}`,
	Attributes: []Attribute{
		{Name: "address", Type: String, Form: Endpoint, Required: true, Example: `"127.0.0.1:5432"`,
			Doc: "Host and port; an IPv6 address stands in brackets."},
	},
}

var probeExec = &Block{
	Type: "exec",
	Max:  1,
	Doc:  "Runs a program, not through a shell; exit status 0 is success.",
	Example: `exec {
  command = ["/usr/bin/pg_isready", "-q"]
}`,
	Attributes: []Attribute{command(true, `["/usr/bin/pg_isready", "-q"]`), user, environment},
}

var probeProcess = &Block{
	Type: "process",
	Max:  1,
	Doc:  "Looks whether a process runs, without starting a program.",
	Example: `process {
  name = "nginx"
}`,
	Attributes: []Attribute{
		{Name: "name", Type: String, Form: FileName, Example: `"nginx"`,
			Doc: "The last element of the program's path."},
		{Name: "pid_file", Type: String, Form: AbsolutePath, Example: `"/run/nginx.pid"`,
			Doc: "A file that holds the process's number."},
		{Name: "minimum", Type: Integer, Min: 1, Max: 100000, Default: 1, Example: `2`,
			Doc: "How many processes of that name have to run."},
	},
	ExactlyOne: [][]string{{"name", "pid_file"}},
}

var probeFile = &Block{
	Type: "file",
	Max:  1,
	Doc:  "Looks at a file.",
	Example: `file {
  path   = "/etc/hactl/maintenance"
  expect = "absent"
}`,
	Attributes: []Attribute{
		{Name: "path", Type: String, Form: AbsolutePath, Required: true, Example: `"/etc/hactl/maintenance"`,
			Doc: "The file."},
		{Name: "expect", Type: String, Enum: []string{"exists", "absent", "number"}, Default: "exists", Example: `"absent"`,
			Doc: "What counts as success: that the file is there, that it is not, or that it holds one whole number from `minimum` to `maximum`."},
		{Name: "minimum", Type: Integer, Min: -1000000000, Max: 1000000000, Implied: "no limit", Example: `1`,
			Doc: "The least number, with expect = \"number\"."},
		{Name: "maximum", Type: Integer, Min: -1000000000, Max: 1000000000, Implied: "no limit", Example: `100`,
			Doc: "The greatest number, with expect = \"number\"."},
	},
}

var probePing = &Block{
	Type: "ping",
	Max:  1,
	Doc:  "Sends one ICMP echo request.",
	Example: `ping {
  address = "10.0.0.1"
}`,
	Attributes: []Attribute{
		{Name: "address", Type: Address, Required: true, Example: `"10.0.0.1"`,
			Doc: "Who has to answer."},
	},
}

// command describes an attribute that is a program with its arguments.
func command(required bool, example string) Attribute {
	return Attribute{Name: "command", Type: Strings, Form: Command, Required: required, Min: 1, Max: 256, Example: example,
		Doc: "The absolute path of a program, and its arguments. No shell looks at them; to have one, write `[\"/bin/sh\", \"-c\", \"…\"]`."}
}

var user = Attribute{Name: "user", Type: String, Form: Filled, Default: "nobody", Example: `"root"`,
	Doc: "The user whose rights the program has, and no others."}

var environment = Attribute{Name: "environment", Type: StringMap, Keys: VariableName, Sensitive: true, Implied: "none of its own", Example: `{ LANG = "C" }`,
	Doc: "Variables of the program's environment, beside those that hactl sets (`PATH`, and words that begin with `HACTL_`)."}
