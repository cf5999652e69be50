package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/agent/packet"
	"hactl/compiler"
	"hactl/lang"
)

// The compiler and the agent agree on how many addresses an advert lists, though
// neither knows the other: what a plan does not hide fits.
func TestAdvertsHoldWhatPlansList(t *testing.T) {
	const auth = "    auth {\n      type = \"hmac-sha256\"\n      secret_file = \"/etc/hactl/key\"\n    }\n"
	for _, test := range []struct {
		family int
		form   string
		signed bool
	}{{4, "10.0.%d.%d", false}, {4, "10.0.%d.%d", true}, {6, "2001:db8::%x:%x", false}, {6, "2001:db8::%x:%x", true}} {
		var addresses []string
		for i := range 300 {
			addresses = append(addresses, fmt.Sprintf("%q", fmt.Sprintf(test.form, i/100, i%100+1)))
		}
		text := fmt.Sprintf("host \"a\" {}\ncluster \"c\" {\n  hosts = [host.a]\n  interface = \"eth0\"\n  vip \"v\" {\n    vrid = 1\n    addresses = [%s]\n%s  }\n}\n",
			strings.Join(addresses, ", "), map[bool]string{true: auth}[test.signed])
		config, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(text)}}, lang.Options{})
		result, more := compiler.Compile(config)
		if all := append(found, more...); all.HasErrors() {
			t.Fatal(all)
		}
		listed := 0
		for _, a := range result.Plans["a"].Routers[0].Addresses {
			if !a.Hidden {
				listed++
			}
		}
		if fits := packet.MaxAddresses(test.family, 3, test.signed, 1500); listed != fits {
			t.Errorf("IPv%d, signed %v: plans list %d addresses, and adverts hold %d", test.family, test.signed, listed, fits)
		}
	}
}
