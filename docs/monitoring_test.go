package docs

import (
	"encoding/json"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	yaml "github.com/zclconf/go-cty-yaml"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// fromYAML reads YAML as JSON is read.
func fromYAML(t *testing.T, text string, into any) {
	t.Helper()
	kind, err := yaml.ImpliedType([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	value, err := yaml.Unmarshal([]byte(text), kind)
	if err != nil {
		t.Fatal(err)
	}
	data, err := ctyjson.Marshal(value, kind)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

var metricRow = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\| ([a-z, ]*) \\|")

// metrics returns the labels of every metric that docs/metrics.md lists, by the
// names that they have in a query.
func metrics(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{"up": nil}
	for _, m := range metricRow.FindAllStringSubmatch(read(t, "docs/metrics.md"), -1) {
		labels := strings.FieldsFunc(m[3], func(r rune) bool { return strings.ContainsRune(", ", r) })
		all[m[1]] = labels
		if m[2] == "histogram" {
			all[m[1]+"_bucket"], all[m[1]+"_sum"], all[m[1]+"_count"] = append(labels, "le"), labels, labels
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d metrics found: has docs/metrics.md changed?", len(all))
	}
	return all
}

// query is an expression in a file for Prometheus.
type query struct{ of, expr string }

// check tells what a query asks for that no agent tells, and returns the labels of
// what it brings.
func (q query) check(t *testing.T, known map[string][]string) []string {
	t.Helper()
	expr, err := parser.ParseExpr(q.expr)
	if err != nil {
		t.Errorf("%s: %v:\n%s", q.of, err, q.expr)
		return nil
	}
	asked := 0
	labels := []string{"job", "instance"} // that Prometheus adds
	var grouped []string
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			asked++
			has, ok := known[n.Name]
			if !ok {
				t.Errorf("%s: there is no metric %s", q.of, n.Name)
			}
			labels = append(labels, has...)
			for _, m := range n.LabelMatchers {
				if m.Name != "__name__" && m.Name != "job" && m.Name != "instance" && !slices.Contains(has, m.Name) {
					t.Errorf("%s: %s has no label %s", q.of, n.Name, m.Name)
				}
			}
		case *parser.AggregateExpr:
			grouped = append(grouped, n.Grouping...)
		}
		return nil
	})
	if asked == 0 {
		t.Errorf("%s asks for nothing: %s", q.of, q.expr)
	}
	for _, g := range grouped {
		if !slices.Contains(labels, g) {
			t.Errorf("%s: groups by %s, which nothing in it has", q.of, g)
		}
	}
	if len(grouped) > 0 {
		return grouped
	}
	return labels
}

// alert is one rule.
type alert struct {
	Alert, Expr, For    string
	Labels, Annotations map[string]string
}

// alerts reads deploy/prometheus/alerts.yml.
func alerts(t *testing.T) []alert {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alert } }
	fromYAML(t, read(t, "deploy/prometheus/alerts.yml"), &file)
	var all []alert
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) < 15 {
		t.Fatalf("only %d alerts found", len(all))
	}
	return all
}

var labelUsed = regexp.MustCompile(`\$labels\.([a-z]+)`)

// Each alert asks for metrics that there are, says how grave it is and what to look
// at, and is explained.
func TestAlerts(t *testing.T) {
	known, page := metrics(t), read(t, "docs/monitoring.md")
	for _, r := range alerts(t) {
		has := query{r.Alert, r.Expr}.check(t, known)
		if s := r.Labels["severity"]; s != "critical" && s != "warning" {
			t.Errorf("%s: severity %q", r.Alert, s)
		}
		for _, key := range []string{"summary", "description"} {
			if r.Annotations[key] == "" {
				t.Errorf("%s: no %s", r.Alert, key)
			}
		}
		if !strings.HasSuffix(r.Annotations["description"], ".") {
			t.Errorf("%s: the description is no sentence", r.Alert)
		}
		if !strings.Contains(page, "### "+r.Alert+"\n") {
			t.Errorf("%s is not explained in docs/monitoring.md", r.Alert)
		}
		for _, m := range labelUsed.FindAllStringSubmatch(strings.Join(slices.Collect(maps.Values(r.Annotations)), " "), -1) {
			if !slices.Contains(has, m[1]) {
				t.Errorf("%s: its text names the label %s, which its expression does not bring", r.Alert, m[1])
			}
		}
	}
}

// The alerts fire when they should, and not else: Prometheus' own tool plays
// testdata/metrics/alerts_test.yml through.
func TestAlertsFire(t *testing.T) {
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not here (Debian's package prometheus)")
	}
	if out, err := exec.Command(tool, "test", "rules", "../testdata/metrics/alerts_test.yml").CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}

// What the page explains is there.
func TestExplainedAlertsExist(t *testing.T) {
	var names []string
	for _, r := range alerts(t) {
		names = append(names, r.Alert)
	}
	for _, m := range regexp.MustCompile(`(?m)^### (Hactl\w+)$`).FindAllStringSubmatch(read(t, "docs/monitoring.md"), -1) {
		if !slices.Contains(names, m[1]) {
			t.Errorf("there is no alert %s", m[1])
		}
	}
}

// The dashboard's panels ask for metrics that there are, and have a name and a
// place of their own.
func TestDashboard(t *testing.T) {
	var board struct {
		Panels []struct {
			ID                 int
			Title, Description string
			GridPos            struct{ X, Y, W, H int }
			Targets            []struct{ Expr string }
		}
		Annotations struct{ List []struct{ Name, Expr string } }
		Templating  struct {
			List []struct{ Name string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "deploy/grafana/hactl.json")), &board); err != nil {
		t.Fatal(err)
	}
	variables := strings.NewReplacer("$job", ".*", "$router", ".*", "$__rate_interval", "5m")
	known := metrics(t)
	taken := map[[2]int]string{}
	for _, p := range board.Panels {
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("panel %d lacks title, description or query", p.ID)
		}
		for _, target := range p.Targets {
			query{p.Title, variables.Replace(target.Expr)}.check(t, known)
		}
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other := taken[at]; other != "" || at[0] >= 24 {
					t.Fatalf("panel %q is where %q is, or off the board", p.Title, other)
				}
				taken[at] = p.Title
			}
		}
	}
	for _, a := range board.Annotations.List {
		query{a.Name, variables.Replace(a.Expr)}.check(t, known)
	}
	if len(board.Panels) < 10 {
		t.Errorf("only %d panels", len(board.Panels))
	}
}

var logRow = regexp.MustCompile(`(?m)^\| ([a-z][a-z ,]+) \| [a-z ;]*(?:info|warning|error)[^|]* \| (.*) \|$`)

// Whoever filters the log by the page finds these lines, with these fields.
func TestLogLinesExist(t *testing.T) {
	code := source(t, "agent")
	rows := logRow.FindAllStringSubmatch(read(t, "docs/monitoring.md"), -1)
	if len(rows) < 5 {
		t.Fatalf("only %d lines of the log found", len(rows))
	}
	for _, row := range rows {
		words := strings.Split(row[1], ", ")
		for _, field := range span.FindAllStringSubmatch(row[2], -1) {
			words = append(words, field[1])
		}
		for _, word := range words {
			if !strings.Contains(code, `"`+word+`"`) {
				t.Errorf("the agent's log has no %q", word)
			}
		}
	}
}
