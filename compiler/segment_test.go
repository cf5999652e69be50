package compiler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang"
)

// segmentsOf returns the segments of a configuration, one line each, a question
// mark at those that neither a name nor a subnet tells.
func segmentsOf(t *testing.T, text string) string {
	t.Helper()
	c, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(text)}}, lang.Options{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	m := resolve(c, func(*hcl.Diagnostic) {})
	members := map[*port][]string{}
	var roots []*port
	for p := range m.ports() {
		root := p.root()
		if members[root] == nil {
			roots = append(roots, root)
		}
		members[root] = append(members[root], p.host.name+":"+p.name)
	}
	var lines []string
	for _, root := range roots {
		name := root.label
		if !root.known {
			name = "?"
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprint(strings.Join(members[root], " "), " ", name)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestSegments(t *testing.T) {
	for _, x := range []struct{ name, hosts, want string }{
		{"nothing known", `
			host "a" {
			  interface "eth0" {}
			}
			host "b" {
			  interface "eth0" {}
			}`,
			"a:eth0 ?\nb:eth0 ?"},
		{"one subnet", `
			host "a" {
			  interface "eth0" { addresses = ["10.0.0.1/24"] }
			}
			host "b" {
			  interface "eth1" { addresses = ["10.0.0.2/24"] }
			}
			host "c" {
			  interface "eth0" { addresses = ["10.0.1.2/24"] }
			}`,
			"a:eth0 b:eth1\nc:eth0"},
		{"prefix lengths differ, and each is in the other's subnet", `
			host "a" {
			  interface "eth0" { addresses = ["10.0.0.1/24"] }
			}
			host "b" {
			  interface "eth0" { addresses = ["10.0.0.2/16"] }
			}
			host "c" {
			  interface "eth0" { addresses = ["10.0.7.7/16"] }
			}
			host "d" {
			  interface "eth0" { addresses = ["10.1.7.7/8"] }
			}`,
			"a:eth0 b:eth0 c:eth0\nd:eth0"},
		{"one family is enough", `
			host "a" {
			  interface "eth0" { addresses = ["10.0.0.1/24", "2001:db8::1/64"] }
			}
			host "b" {
			  interface "eth0" { addresses = ["10.0.9.1/24", "2001:db8::2/64"] }
			}`,
			"a:eth0 b:eth0"},
		{"link-local, loopback and single addresses tell nothing", `
			host "a" {
			  interface "eth0" { addresses = ["fe80::1/64", "169.254.0.1/16", "10.0.0.1/32"] }
			  interface "lo" { addresses = ["127.0.0.1/8", "::1/128"] }
			}
			host "b" {
			  interface "eth0" { addresses = ["fe80::2/64", "169.254.0.2/16", "10.0.0.1/32"] }
			  interface "lo" { addresses = ["127.0.0.1/8", "::1/128"] }
			}`,
			"a:eth0 ?\na:lo ?\nb:eth0 ?\nb:lo ?"},
		{"a name joins", `
			host "a" {
			  interface "eth0" { segment = "dmz" }
			}
			host "b" {
			  interface "eth0" { segment = "dmz" }
			}`,
			"a:eth0 b:eth0 dmz"},
		{"two names keep one subnet apart", `
			host "a" {
			  interface "eth0" {
			    addresses = ["10.0.0.1/24"]
			    segment   = "north"
			  }
			}
			host "b" {
			  interface "eth0" {
			    addresses = ["10.0.0.1/24"]
			    segment   = "south"
			  }
			}`,
			"a:eth0 north\nb:eth0 south"},
		{"one name does not keep a subnet apart", `
			host "a" {
			  interface "eth0" {
			    addresses = ["10.0.0.1/24"]
			    segment   = "north"
			  }
			}
			host "b" {
			  interface "eth0" { addresses = ["10.0.0.2/24"] }
			}`,
			"a:eth0 b:eth0 north"},
		{"a vip joins", `
			host "a" {}
			host "b" {}
			cluster "c" {
			  hosts     = [host.a, host.b]
			  interface = "eth0"
			  vip "v" {
			    vrid      = 1
			    addresses = ["10.0.0.1"]
			  }
			  vip "w" {
			    vrid      = 1
			    addresses = ["10.0.0.1"]
			    interface = "eth1"
			  }
			}`,
			"a:eth0 b:eth0 ?\na:eth1 b:eth1 ?"},
		{"a vip joins before a subnet that exists twice does", `
			host "a" {
			  interface "eth0" { segment = "north" }
			}
			host "b" {
			  interface "eth0" { addresses = ["10.0.0.2/24"] }
			}
			host "c" {
			  interface "eth0" {
			    addresses = ["10.0.0.3/24"]
			    segment   = "south"
			  }
			}
			cluster "c" {
			  hosts     = [host.a, host.b]
			  interface = "eth0"
			  vip "v" {
			    vrid      = 1
			    addresses = ["10.0.0.1"]
			  }
			}`,
			"a:eth0 b:eth0 north\nc:eth0 south"},
		{"of two subnets that contain an address, the smaller one joins", `
			host "a" {
			  interface "eth0" {
			    addresses = ["10.0.0.1/16"]
			    segment   = "north"
			  }
			}
			host "b" {
			  interface "eth0" {
			    addresses = ["10.0.0.2/24"]
			    segment   = "south"
			  }
			}
			host "c" {
			  interface "eth0" { addresses = ["10.0.0.3/8"] }
			}`,
			"a:eth0 north\nb:eth0 c:eth0 south"},
		{"of two vips that contradict each other, the first by name joins", `
			host "a" {
			  interface "eth0" { segment = "north" }
			}
			host "b" {
			  interface "eth0" { segment = "south" }
			}
			host "c" {}
			cluster "two" {
			  hosts     = [host.c, host.b]
			  interface = "eth0"
			  vip "v" {
			    vrid      = 2
			    addresses = ["10.0.0.2"]
			  }
			}
			cluster "one" {
			  hosts     = [host.c, host.a]
			  interface = "eth0"
			  vip "v" {
			    vrid      = 1
			    addresses = ["10.0.0.1"]
			  }
			}`,
			"a:eth0 c:eth0 north\nb:eth0 south"},
	} {
		t.Run(x.name, func(t *testing.T) {
			for range 20 { // chance must not decide
				if got := segmentsOf(t, x.hosts); got != x.want {
					t.Fatalf("got\n%s\nwant\n%s", got, x.want)
				}
			}
		})
	}
}
