package compiler

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/lang"
)

func TestSegmentsAsToldToOthers(t *testing.T) {
	const text = `
host "a" {
  interface "eth0" { addresses = ["10.0.0.5/24", "2001:db8::5/64"] }
  interface "eth1" { segment = "dmz" }
}
host "b" {
  interface "ens3" { addresses = ["10.0.0.6/24"] }
  interface "ens4" {
    addresses = ["10.1.0.6/24"]
    segment   = "dmz"
  }
}
host "c" {}
cluster "web" {
  hosts     = [host.c]
  interface = "eth9"
  vip "one" {
    vrid      = 1
    addresses = ["10.9.0.1/24"]
  }
}`
	const want = `10.0.0.0/24, 2001:db8::/64: a eth0 [10.0.0.5/24 2001:db8::5/64], b ens3 [10.0.0.6/24]
dmz: a eth1 [], b ens4 [10.1.0.6/24]
c eth9: c eth9 []
`
	config, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(text)}}, lang.Options{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	var got strings.Builder
	for _, s := range Segments(config) {
		var ports []string
		for _, p := range s.Ports {
			ports = append(ports, fmt.Sprint(p.Host, " ", p.Interface, " ", p.Addresses))
		}
		fmt.Fprintf(&got, "%s: %s\n", s.Name, strings.Join(ports, ", "))
	}
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
}
