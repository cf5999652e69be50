package compiler

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"hactl/lang"
)

// BenchmarkCompile compiles 100 clusters of two hosts with ten vips each, which
// has been loaded already.
func BenchmarkCompile(b *testing.B) {
	var s strings.Builder
	for i := range 100 {
		for host := 1; host <= 2; host++ {
			fmt.Fprintf(&s, "host \"h%d-%d\" {\ninterface \"eth0\" {\naddresses = [\"10.0.%d.%d/24\"]\n}\n}\n", i, host, i, host)
		}
		fmt.Fprintf(&s, "cluster \"c%d\" {\nhosts = [host.h%d-1, host.h%d-2]\ninterface = \"eth0\"\n", i, i, i)
		for v := 10; v < 20; v++ {
			fmt.Fprintf(&s, "vip \"v%d\" {\nvrid = %d\naddresses = [\"10.0.%d.%d/24\"]\n}\n", v, v, i, v)
		}
		s.WriteString("}\n")
	}
	c, found := lang.Load(fstest.MapFS{"main.ha.hcl": {Data: []byte(s.String())}}, lang.Options{})
	if len(found) > 0 {
		b.Fatal(found)
	}
	for b.Loop() {
		if result, found := Compile(c); len(found) > 0 || len(result.Plans) != 200 {
			b.Fatalf("%d plans, %v", len(result.Plans), found)
		}
	}
}
