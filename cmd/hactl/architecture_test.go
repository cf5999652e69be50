package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// deps returns what packages import, directly or not.
func deps(t *testing.T, patterns ...string) []string {
	t.Helper()
	args := append([]string{"list", "-deps", "-f", "{{.ImportPath}}"}, patterns...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.Fields(string(out))
}

// The two halves meet in this package only: an agent carries no HCL, and the
// compiler knows no agent. They share schemas/ only, which is of the standard
// library alone.
func TestHalvesAreApart(t *testing.T) {
	for _, rule := range []struct{ packages, never string }{
		{"hactl/agent/...", "hactl/lang hactl/compiler github.com/hashicorp/hcl github.com/zclconf"},
		{"hactl/compiler/...", "hactl/agent github.com/vishvananda"},
		{"hactl/lang/...", "hactl/agent hactl/compiler hactl/schemas"},
		{"hactl/schemas/...", "hactl/agent hactl/lang hactl/compiler github.com/ golang.org/x"},
		{"hactl/cmd/hactl/internal/terminal", "hactl/agent hactl/compiler hactl/lang hactl/schemas github.com/spf13"},
		{"hactl/cmd/hactl/internal/board", "hactl/compiler hactl/cmd/hactl/internal/rollout github.com/spf13"},
		{"hactl/cmd/hactl/internal/notice", "hactl/compiler hactl/cmd/hactl/internal/rollout github.com/spf13"},
		{"hactl/cmd/hactl/internal/whatif", "hactl/agent hactl/lang hactl/cmd/hactl/internal/fleet github.com/spf13"},
		{"hactl/cmd/hactl/internal/fleet", "hactl/cmd/hactl/internal/terminal hactl/compiler hactl/cmd/hactl/internal/rollout github.com/spf13"},
		{"hactl/cmd/hactl/internal/rollout", "hactl/cmd/hactl/internal/terminal hactl/compiler/analysis github.com/spf13"},
	} {
		for _, dep := range deps(t, rule.packages) {
			for _, never := range strings.Fields(rule.never) {
				if strings.HasPrefix(dep, never) {
					t.Errorf("%s depends on %s", rule.packages, dep)
				}
			}
		}
	}
}

// pure are the packages without clock, chance, files, sockets, goroutines and
// logs: instants and texts go in, effects and texts come out.
var pure = []string{
	"schemas/plan", "schemas/status", "schemas/event", "agent/packet", "agent/vrrp", "agent/node", "agent/sim", "agent/upgrade", "agent/trial",
	"lang", "lang/schema", "lang/rule", "lang/format", "lang/keepalived", "lang/lsp", "compiler", "compiler/analysis", "compiler/export", "compiler/waves",
	"cmd/hactl/internal/board", "cmd/hactl/internal/notice", "cmd/hactl/internal/whatif",
}

// forbidden are the packages that a pure one must not import. Of net, packet and
// node use the type HardwareAddr.
var forbidden = map[string]bool{
	"context": true, "crypto/rand": true, "log": true, "log/slog": true, "math/rand": true, "math/rand/v2": true,
	"net/http": true, "os": true, "os/exec": true, "sync": true, "sync/atomic": true, "syscall": true, "unsafe": true,
}

// clocks are the functions of package time that ask what time it is, or wait.
var clocks = map[string]bool{
	"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "AfterFunc": true,
	"Tick": true, "NewTimer": true, "NewTicker": true,
}

func TestPurePackages(t *testing.T) {
	for _, dir := range pure {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no package in %s", dir)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range impurities(f) {
				t.Errorf("%s: %s", set.Position(found.pos), found.what)
			}
		}
	}
}

// impurity is a place where a file is not pure.
type impurity struct {
	pos  token.Pos
	what string
}

// impurities returns what a pure package must not have.
func impurities(f *ast.File) []impurity {
	var found []impurity
	for _, i := range f.Imports {
		if path := strings.Trim(i.Path.Value, `"`); forbidden[path] {
			found = append(found, impurity{i.Pos(), "imports " + path})
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, impurity{n.Pos(), "starts a goroutine"})
		case *ast.SelectorExpr:
			pkg, _ := n.X.(*ast.Ident)
			if pkg == nil {
				break
			}
			if pkg.Name == "time" && clocks[n.Sel.Name] {
				found = append(found, impurity{n.Pos(), "calls time." + n.Sel.Name})
			}
			if pkg.Name == "net" && pkg.Obj == nil && n.Sel.Name != "HardwareAddr" {
				found = append(found, impurity{n.Pos(), "uses net." + n.Sel.Name})
			}
		}
		return true
	})
	return found
}

// The test above must be able to fail.
func TestImpuritiesAreFound(t *testing.T) {
	const source = `package p
import ("os"; "time"; "net")
func f() { go f(); _ = time.Now(); _, _ = net.Dial("", ""); var _ net.HardwareAddr; _ = os.Args }`
	f, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(impurities(f)); n != 4 {
		t.Errorf("found %d impurities, want 4", n)
	}
}
