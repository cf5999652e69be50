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
		`  auth_pass = "hunter2"`:                  `  auth_pass = "*******"`,
		`  auth_pass hunter2`:                      `  auth_pass *******`,
		`  secret_file = "/etc/hactl/key"`:         `  secret_file = "/etc/hactl/key"`,
		`  secret = var.secret`:                    `  secret = var.secret`,
	} {
		if got := hide(line); got != want {
			t.Errorf("hide(%q)\n got %q\nwant %q", line, got, want)
		}
	}
}
