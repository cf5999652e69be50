package metrics

import (
	"net/http/httptest"
	"strings"
	"testing"

	"hactl/schemas/status"
)

// A name that would begin a line, or end a label, stays within its label.
func TestNamesStayInTheirLabels(t *testing.T) {
	const name = "a\"} 1\nhactl_agent_drained 1\\"
	report := &status.Host{Host: name, Version: "1", Routers: []status.Router{{ID: name, Vip: name, Interface: name, State: name, Reason: name}},
		Checks: []status.Check{{Name: name, State: status.Up}}, Dropped: map[string]uint64{name: 1}}
	w := httptest.NewRecorder()
	Page(NewCollector(func() *status.Host { return report })).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := strings.Count(w.Body.String(), "\nhactl_agent_drained "); n != 1 {
		t.Errorf("%d series of hactl_agent_drained in\n%s", n, w.Body)
	}
}
