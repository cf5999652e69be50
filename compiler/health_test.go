package compiler

import (
	"fmt"
	"strings"
	"testing"

	"hactl/schemas/plan"
)

// compileCheck compiles one check, which one cluster tracks, and returns it as it
// is in the plan of host a.
func compileCheck(t *testing.T, body string) plan.Check {
	t.Helper()
	result, found := compileText(fmt.Sprintf(`
host "a" {}
host "b" {}
check "c" {
  %s
}
cluster "web" {
  hosts     = [host.a, host.b]
  interface = "eth0"
  track { check = check.c }
  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.9/24"]
  }
}`, body))
	if len(found) > 0 {
		t.Fatal(found)
	}
	checkPlans(t, result)
	return result.Plans["a"].Checks[0]
}

// What is not written stands in the plan all the same.
func TestDefaultsOfChecks(t *testing.T) {
	c := compileCheck(t, `http { url = "http://127.0.0.1/" }`)
	if got := fmt.Sprintf("%d %d %d %d %d %s", c.Interval, c.Timeout, c.Jitter, c.Fall, c.Rise, c.Initial); got != "2000 2000 0 2 2 unknown" {
		t.Errorf("times and counts %s", got)
	}
	if got := fmt.Sprintf("%+v", *c.HTTP); got != `{URL:http://127.0.0.1/ Method:GET Host: Headers:map[] Status:[{From:200 To:299}] Body: Digest: ServerName: CAFile: Insecure:false}` {
		t.Errorf("http %s", got)
	}
	if c := compileCheck(t, `exec { command = ["/bin/true"] }`); c.Exec.User != "nobody" {
		t.Errorf("user %q", c.Exec.User)
	}
	if c := compileCheck(t, `process { pid_file = "/run/x.pid" }`); c.Process.Minimum != 1 {
		t.Errorf("minimum %d", c.Process.Minimum)
	}
	if c := compileCheck(t, `file { path = "/x" }`); c.File.Expect != plan.Exists || c.File.Minimum != nil || c.File.Maximum != nil {
		t.Errorf("file %+v", c.File)
	}
}

// Each attribute of each probe reaches the plan.
func TestProbes(t *testing.T) {
	c := compileCheck(t, `
  interval = "1m30s"
  timeout  = "1s"
  jitter   = "500ms"
  fall     = 3
  rise     = 4
  initial  = "down"
  http {
    url         = "https://127.0.0.1/"
    method      = "GET"
    host        = "h"
    headers     = { A = "b" }
    status      = [204, "300-399"]
    body        = "ok"
    digest      = "2689367B205C16CE32ED4200942B8B8B1E262DFC70D9BC9FBC77C49699A4F1DF"
    server_name = "s"
    verify      = false
  }`)
	if got := fmt.Sprintf("%d %d %d %d %d %s", c.Interval, c.Timeout, c.Jitter, c.Fall, c.Rise, c.Initial); got != "90000 1000 500 3 4 down" {
		t.Errorf("times and counts %s", got)
	}
	want := `{URL:https://127.0.0.1/ Method:GET Host:h Headers:map[A:b] Status:[{From:204 To:204} {From:300 To:399}] Body:ok ` +
		`Digest:2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df ServerName:s CAFile: Insecure:true}`
	if got := fmt.Sprintf("%+v", *c.HTTP); got != want {
		t.Errorf("http\n got %s\nwant %s", got, want)
	}
	if c := compileCheck(t, "file {\n path = \"/x\"\n expect = \"number\"\n minimum = 0\n maximum = 7\n}"); *c.File.Minimum != 0 || *c.File.Maximum != 7 {
		t.Errorf("limits %d and %d", *c.File.Minimum, *c.File.Maximum)
	}
	if c := compileCheck(t, `ping { address = "2001:DB8::1" }`); c.Ping.Address != "2001:db8::1" {
		t.Errorf("address %s", c.Ping.Address)
	}
	if c := compileCheck(t, "exec {\n command = [\"/bin/x\", \"a b\"]\n user = \"root\"\n environment = { A = \"1\" }\n}"); fmt.Sprintf("%+v", *c.Exec) != "{Command:[/bin/x a b] User:root Environment:map[A:1]}" {
		t.Errorf("exec %+v", *c.Exec)
	}
}

// No finding about a check shows what is sensitive.
func TestNoSensitiveCheckInFindings(t *testing.T) {
	result, found := compileText(`
variable "word" {
  default   = "$(SECRET)"
  sensitive = true
}
variable "time" {
  default   = "77s"
  sensitive = true
}
host "a" {}
host "b" {}
check "c" {
  timeout = var.time
  http {
    url     = "http://127.0.0.1/"
    headers = { X-Word = "SECRET" }
  }
}
check "d" {
  exec { command = ["/bin/x", var.word] }
}
cluster "web" {
  hosts     = [host.a, host.b]
  interface = "eth0"
  track { check = check.c }
  track { check = check.d }
  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.9/24"]
  }
}`)
	for _, d := range found {
		if strings.Contains(d.Detail, "SECRET") || strings.Contains(d.Detail, "77") || strings.Contains(d.Detail, "1m17") {
			t.Errorf("%s shows a sensitive value", line(d))
		}
	}
	if len(found) != 3 {
		t.Errorf("%d findings to look at, want 3", len(found))
	}
	if result.Plans != nil {
		t.Error("there are plans of what was refused")
	}
}
