package lsp

import (
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

const healthy = `cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  locals    = { a = { b = 1 }, c = [{ d = 2 }] }

  track { check = check.http }
  vip "public" {
    vrid      = max(50, min(1, 2))
    addresses = ["10.0.0.1/24", "${host.lb01.address}/24"]
    track {
      check = check["http"]
    }
    track { weight = 1 }
    prefer = [
      host.lb01,
    ]
  }
  vip "other" {
    vrid = 51
    notify = [notify.mail]
  }
}
`

// Whatever sign is missing that closes something, and wherever a line breaks off
// behind an equals sign or bracket, the blocks are found all the same.
func TestEveryBreak(t *testing.T) {
	want := paths(healthy)
	broken := 0
	for i, c := range healthy {
		rest := healthy[i+1:]
		texts := []string{}
		if strings.ContainsRune("}])", c) || c == '"' && healthy[i-1] != ' ' && healthy[i-1] != '[' {
			texts = append(texts, healthy[:i]+rest)
		}
		if strings.ContainsRune("=[(.", c) {
			texts = append(texts, healthy[:i+1]+rest[until(rest, "\n"):])
		}
		for _, text := range texts {
			broken++
			if d := udiff.Unified("whole", "broken", want, paths(text)); d != "" {
				t.Errorf("%s\n%s", text, d)
			}
		}
	}
	if broken < 50 {
		t.Errorf("only %d breaks", broken)
	}
}

// An empty line behind what is not closed belongs to it when it is indented deeper, or
// not at all; line ends may be those of another system.
func TestLinesBehindABreak(t *testing.T) {
	for _, test := range []struct{ line, in string }{
		{"      ", "track"}, {"", "track"}, {"    ", "vip"}, {"  ", "vip"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			head := strings.Join([]string{"cluster \"web\" {", "  vip \"a\" {", "    track { weight = 5", "      ", test.line}, end)
			o := newOutline(head+end+"  }"+end+"}"+end, false)
			if in := o.root.at(len(head)).typ.text; in != test.in {
				t.Errorf("a line of %q that ends in %q stands in %s", test.line, end, in)
			}
		}
	}
}

// paths prints the blocks of a text that is one piece.
func paths(text string) string {
	var b strings.Builder
	var walk func(*block, string)
	walk = func(in *block, indent string) {
		for _, n := range in.blocks {
			b.WriteString(indent + n.typ.text + " " + n.name().text + "\n")
			walk(n, indent+"  ")
		}
	}
	walk(newOutline(text, false).root, "")
	return b.String()
}
