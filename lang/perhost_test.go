package lang_test

import (
	"strings"
	"testing"

	"hactl/lang"
)

// Load reports what is wrong with a block for every host, and what has nothing to
// do with hosts; what is wrong for one host is that host's trouble.
func TestTrouble(t *testing.T) {
	c, diags := lang.Load(folder("main.ha.hcl", `
host "db01" {}
host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
  }
}
locals {
  broken = upper(1, 2)
}
check "nginx" {
  interval = local.broken
  tcp {
    adress  = "x"
    address = "${self.interface["eth0"].address}:80"
  }
}
check "plain" {
  tcp {
    address = "here"
  }
}
check "always" {
  tcp {
    address = self.name == "lb01" ? "a" : "a"
  }
}
`), lang.Options{})
	for _, want := range []string{"adress", "upper", `"here"`, `"a"`} {
		if n := strings.Count(printed(diags), want); n == 0 {
			t.Errorf("nothing is said of %s:\n%s", want, printed(diags))
		}
	}
	if len(diags) != 4 {
		t.Errorf("%d findings, want 4:\n%s", len(diags), printed(diags))
	}
	nginx := c.Checks()[1]
	if got := printed(nginx.For("db01").Trouble()); !strings.Contains(got, "eth0") {
		t.Errorf("the trouble of db01 is %q", got)
	}
	if got := printed(nginx.For("lb01").Trouble()); got != "" {
		t.Errorf("lb01 has the trouble %q", got)
	}
	if got := nginx.For("lb01").Block("tcp").String("address").V; got != "10.0.0.5:80" {
		t.Errorf("lb01 looks at %q", got)
	}
}
