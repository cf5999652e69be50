package lang_test

import (
	"strings"
	"testing"

	"hactl/lang"
	"hactl/lang/rule"
)

// What a sensitive value could show as is known, wherever it stands.
func TestSensitive(t *testing.T) {
	c, diags := lang.Load(folder("main.ha.hcl", `
variable "s" {
  default   = "hidden"
  sensitive = true
}
variable "address" {
  default   = "10.9.8.7/24"
  sensitive = true
}
variable "number" {
  default   = 77
  sensitive = true
}
host "lb01" {
  labels = { a = var.s, b = "open" }
  interface "eth0" {
    addresses = [var.address, "10.0.0.5/24"]
  }
}
check "c" {
  interval = "${var.number}s"
  exec {
    command = ["/bin/x", "${var.s}-${self.name}"]
  }
}
notify "n" {
  mail {
    to       = ["a@example.com"]
    from     = "b@example.com"
    server   = "smtp://example.com"
    password = "by its place"
  }
}
`), lang.Options{})
	for _, d := range diags {
		if code(d) != rule.Exposed.Code {
			t.Fatal(printed(diags))
		}
	}
	got := strings.Join(c.Sensitive(), "\n")
	want := "10.9.8.0/24\n10.9.8.7\n10.9.8.7/24\n1m17s\nby its place\nhidden\nhidden-lb01"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
