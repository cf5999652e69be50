package lang_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hactl/lang"
)

// many returns a configuration of n clusters with two vips each.
func manyClusters(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `
host "a%[1]d" {
  interface "eth0" {
    addresses = ["10.%[2]d.%[3]d.1/24"]
  }
}

host "b%[1]d" {
  interface "eth0" {
    addresses = ["10.%[2]d.%[3]d.2/24"]
  }
}

cluster "c%[1]d" {
  hosts     = [host.a%[1]d, host.b%[1]d]
  interface = "eth0"

  preemption {
    mode  = "delayed"
    delay = "10s"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.%[2]d.%[3]d.100/24", "10.%[2]d.%[3]d.101/24"]
  }

  vip "private" {
    vrid      = 51
    addresses = ["10.%[2]d.%[3]d.102/24"]
    prefer    = [host.b%[1]d, host.a%[1]d]
  }
}
`, i, i/256%256, i%256)
	}
	return b.String()
}

// BenchmarkParse is the bare parser, with which BenchmarkLoad is compared.
func BenchmarkParse(b *testing.B) {
	text := []byte(manyClusters(1000))
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := hclsyntax.ParseConfig(text, "main.ha.hcl", hcl.InitialPos); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	fsys := folder("main.ha.hcl", manyClusters(1000))
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := lang.Load(fsys, lang.Options{}); diags.HasErrors() {
			b.Fatal(printed(diags))
		}
	}
}
