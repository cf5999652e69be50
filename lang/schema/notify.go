package schema

import "time"

var notify = &Block{
	Type:    "notify",
	Label:   "the target's name",
	Form:    Name,
	Unique:  true,
	PerHost: true,
	Doc:     "Somebody who hears when a vip of a cluster that names the target changes its state on a host. It holds one block that says how.",
	Example: `notify "ops" {
  on = ["active", "fault"]

  mail {
    to            = ["ops@example.com"]
    from          = "hactl@example.com"
    server        = "smtps://smtp.example.com:465"
    username      = "hactl"
    password_file = "/etc/hactl/smtp.password"
  }
}`,
	Attributes: []Attribute{
		{Name: "on", Type: Strings, Enum: []string{"active", "backup", "fault", "stop", "conflict"}, Min: 1, Max: 5, Implied: "all but `conflict`", Example: `["active", "fault"]`,
			Doc: "The states whose beginning is told: `fault` means that the host can't take the address, `stop` that the agent has let go of it. `conflict` tells when something on the wire contradicts a router, a second Active say, and when it no longer does."},
	},
	Blocks:     []*Block{targetMail, targetExec, targetWebhook},
	ExactlyOne: [][]string{{"mail", "exec", "webhook"}},
}

var targetMail = &Block{
	Type: "mail",
	Max:  1,
	Doc:  "Sends mail.",
	Example: `mail {
  to     = ["ops@example.com"]
  from   = "hactl@example.com"
  server = "smtp://smtp.example.com:587"
}`,
	Attributes: []Attribute{
		{Name: "to", Type: Strings, Form: MailAddress, Required: true, Min: 1, Max: 100, Example: `["ops@example.com"]`,
			Doc: "The recipients."},
		{Name: "from", Type: String, Form: MailAddress, Required: true, Example: `"hactl@example.com"`,
			Doc: "The sender."},
		{Name: "server", Type: String, Form: MailServer, Required: true, Example: `"smtps://smtp.example.com:465"`,
			Doc: "The mail server: `smtps://` for TLS from the first byte, port 465 unless written; `smtp://` for STARTTLS, which is demanded, port 587."},
		{Name: "security", Type: String, Enum: []string{"tls", "starttls", "none"}, Implied: "as the server's scheme says", Example: `"none"`,
			Doc: "How the connection is protected. With `none` the port is 25 unless written."},
		{Name: "username", Type: String, Form: Filled, Implied: "no authentication", Example: `"hactl"`,
			Doc: "Who to log in as."},
		{Name: "password", Type: String, Form: Filled, Sensitive: true, Implied: "none", Example: `var.smtp_password`,
			Doc: "The password itself; it will stand in the plan."},
		{Name: "password_file", Type: String, Form: AbsolutePath, Implied: "none", Example: `"/etc/hactl/smtp.password"`,
			Doc: "A file on each host whose first line is the password."},
		{Name: "ca_file", Type: String, Form: AbsolutePath, Implied: "the certificates of the system", Example: `"/etc/ssl/private-ca.pem"`,
			Doc: "A file on the host with the only certificates to trust, PEM."},
		{Name: "gather", Type: Duration, Default: 5 * time.Second, Longest: time.Hour, Example: `"1m"`,
			Doc: "Events within this time after the first one go into the same mail."},
		{Name: "timeout", Type: Duration, Default: 30 * time.Second, Shortest: time.Second, Longest: 10 * time.Minute, Example: `"10s"`,
			Doc: "How long one attempt may take."},
	},
}

var targetExec = &Block{
	Type: "exec",
	Max:  1,
	Doc:  "Runs programs, not through a shell, one after the other.",
	Example: `exec {
  active = ["/etc/keepalived/notify.sh", "master"]
  any    = ["/usr/local/bin/on-change"]
}`,
	Attributes: []Attribute{
		stateCommand("active", "the vip becomes Active on the host", `["/etc/keepalived/notify.sh", "master"]`),
		stateCommand("backup", "it becomes Backup", `["/etc/keepalived/notify.sh", "backup"]`),
		stateCommand("fault", "the host can't take it", `["/etc/keepalived/notify.sh", "fault"]`),
		stateCommand("stop", "the agent has let go of it", `["/etc/keepalived/notify.sh", "stop"]`),
		stateCommand("conflict", "something on the wire contradicts a router, or no longer does", `["/usr/local/bin/page", "conflict"]`),
		{Name: "any", Type: Strings, Form: Command, Min: 1, Max: 256, Implied: "nothing", Example: `["/usr/local/bin/on-change"]`,
			Doc: "What to run in each state, after the state's own program, with `INSTANCE`, the vip's name, `MASTER`, `BACKUP`, `FAULT` or `STOP`, and the priority appended, as keepalived's `notify` has it."},
		user, environment,
		{Name: "timeout", Type: Duration, Default: 30 * time.Second, Shortest: time.Millisecond, Longest: time.Hour, Example: `"5s"`,
			Doc: "When a program that has not ended is killed, with all that it started."},
	},
	AtLeastOne: [][]string{{"active", "backup", "fault", "stop", "conflict", "any"}},
}

// stateCommand describes the program of one state.
func stateCommand(state, when, example string) Attribute {
	return Attribute{Name: state, Type: Strings, Form: Command, Min: 1, Max: 256, Implied: "nothing", Example: example,
		Doc: "What to run when " + when + "; nothing is appended."}
}

var targetWebhook = &Block{
	Type: "webhook",
	Max:  1,
	Doc:  "Posts a JSON object for each event.",
	Example: `webhook {
  url = "https://alerts.example.com/hactl"
}`,
	Attributes: []Attribute{
		{Name: "url", Type: String, Form: URL, Sensitive: true, Example: `"https://alerts.example.com/hactl"`,
			Doc: "Where to. One that holds a secret belongs into `url_file`."},
		{Name: "url_file", Type: String, Form: AbsolutePath, Example: `"/etc/hactl/webhook.url"`,
			Doc: "A file on each host whose first line is the URL."},
		{Name: "headers", Type: StringMap, Keys: HeaderName, Form: HeaderValue, Sensitive: true, Implied: "none", Example: `{ X-Team = "network" }`,
			Doc: "Headers of the request; they will stand in the plan."},
		{Name: "bearer_file", Type: String, Form: AbsolutePath, Implied: "no authentication", Example: `"/etc/hactl/webhook.token"`,
			Doc: "A file on each host whose first line is sent as bearer token."},
		{Name: "ca_file", Type: String, Form: AbsolutePath, Implied: "the certificates of the system", Example: `"/etc/ssl/private-ca.pem"`,
			Doc: "A file on the host with the only certificates to trust, PEM."},
		{Name: "timeout", Type: Duration, Default: 10 * time.Second, Shortest: time.Second, Longest: 10 * time.Minute, Example: `"5s"`,
			Doc: "How long one attempt may take."},
	},
	ExactlyOne: [][]string{{"url", "url_file"}},
}
