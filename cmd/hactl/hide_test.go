package main

import "testing"

// A finding shows the line that it is about, but no secret on it, also where the
// line could not be parsed.
func TestHide(t *testing.T) {
	for line, want := range map[string]string{
		`auth { secret = "hünter2" type = "x" }`:   `auth { secret = "*******" type = "x" }`,
		`{"auth": {"secret": "a\"b", "type": "x"}`: `{"auth": {"secret": "****", "type": "x"}`,
		`  secret="unterminated`:                   `  secret="************`,
		`  secret = upper("hunter2", 3)`:           `  secret = upper("*******", 3)`,
		`  secret = ["hunter2"]`:                   `  secret = ["*******"]`,
		`  secret "hunter2"`:                       `  secret "*******"`,
		`  auth_pass = "hunter2"`:                  `  auth_pass = *********`,
		`  auth_pass hunter2`:                      `  auth_pass *******`,
		`  secret_file = "/etc/hactl/key"`:         `  secret_file = "/etc/hactl/key"`,
		`  secret = var.secret`:                    `  secret = var.secret`,

		// keepalived.conf, to the end of the line: what looks like a comment may be meant
		`  auth_pass hünter2`:          `  auth_pass *******`,
		"\tauth_pass  p#w # WARN":      "\tauth_pass  **********",
		`  auth_pass "a b"`:            `  auth_pass *****`,
		`  auth_pas x`:                 `  auth_pas *`,
		`authentication {auth_pass x}`: `authentication {auth_pass **`,
		`  key 1 hex:00ff`:             `  key 1 ********`,
		`$AUTH_PASS=x1`:                `$AUTH_PASS=**`,
		`  password x`:                 `  password *`,
		`  authpass=hunter2`:           `  authpass=*******`,
		`  password: hunter2`:          `  password: *******`,
		`  auth_type PASS`:             `  auth_type PASS`,
		`  interface eth0 # key`:       `  interface eth0 # key`,
	} {
		if got := hide(line); got != want {
			t.Errorf("hide(%q)\n got %q\nwant %q", line, got, want)
		}
	}
}
