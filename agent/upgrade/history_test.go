package upgrade

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
)

// noon is when the orders of the tests are begun.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// history is one of an order that was committed, and of one that is under way.
func history() History {
	var h History
	before, after := facts().builds(sample())
	h.Begin(intent.Order{Name: "nginx", ID: "A", SHA256: builds["1.27.2"], Mark: intent.Mark{By: "ops@desk", Since: noon}}, noon)
	h.End(Outcome{Committed, "version 1.27.2 serves"}, before, after, noon.Add(time.Minute))
	h.Begin(intent.Order{Name: "nginx", ID: "B", Back: true, Mark: intent.Mark{Since: noon}}, noon.Add(time.Hour))
	return h
}

// A history is what it was after its way through a file, and knows what it was told.
func TestHistory(t *testing.T) {
	h := history()
	got, err := DecodeHistory(h.Encode())
	if err != nil || !reflect.DeepEqual(got, h) {
		t.Fatalf("%+v, %v, want %+v", got, err, h)
	}
	if !h.Knows("A") || !h.Knows("B") || h.Knows("C") || h.Underway().Order.ID != "B" || h.Previous.Version != "1.26.3" {
		t.Errorf("it is %+v", h)
	}
	next := h
	next.End(Outcome{Reverted, "check web is down"}, record().Old, record().New, noon.Add(2*time.Hour))
	if h.Underway() == nil || next.Underway() != nil || next.Last().Verdict != Reverted || next.Previous != h.Previous {
		t.Errorf("ended %+v of %+v", next, h)
	}
	for sha256, version := range map[string]string{builds["1.26.3"]: "1.26.3", builds["1.27.2"]: "1.27.2", builds["other"]: ""} {
		if got := h.Version(sha256); got != version {
			t.Errorf("%s is called %q, want %q", sha256, got, version)
		}
	}
	again := next
	again.End(Outcome{Committed, "twice"}, record().Old, record().New, noon)
	if !reflect.DeepEqual(again, next) {
		t.Errorf("ended twice: %+v", again)
	}
}

// What the user's own commands keep can be gone back to, once.
func TestHistoryOfCommands(t *testing.T) {
	var h History
	first, second := plan.Build{SHA256: builds["1.26.3"]}, plan.Build{Version: "1.27.2", Source: "/srv/app", SHA256: builds["1.27.2"]}
	h.Begin(intent.Order{Name: "app", ID: "A", SHA256: second.SHA256, Mark: intent.Mark{Since: noon}}, noon)
	h.End(Outcome{Committed, "x"}, first, second, noon)
	if _, err := DecodeHistory(h.Encode()); err != nil || h.Previous != first {
		t.Errorf("previous is %+v, %v", h.Previous, err)
	}
	h.Begin(intent.Order{Name: "app", ID: "B", Back: true, Mark: intent.Mark{Since: noon}}, noon)
	second.Source = ""
	h.End(Outcome{Committed, "x"}, second, first, noon)
	if h.Previous != (plan.Build{}) || h.Release != first {
		t.Errorf("it is %+v", h)
	}
}

// Only so many orders are kept: the oldest go.
func TestHistoryForgets(t *testing.T) {
	var h History
	for i := range memory + 3 {
		h.Begin(intent.Order{Name: "nginx", ID: fmt.Sprint(i), SHA256: "x", Mark: intent.Mark{Since: noon}}, noon)
		h.End(Outcome{Refused, "no"}, record().Old, record().New, noon)
	}
	if len(h.Orders) != memory || h.Knows("2") || !h.Knows("3") {
		t.Errorf("%d orders, the oldest is %s", len(h.Orders), h.Orders[0].Order.ID)
	}
	if _, err := DecodeHistory(h.Encode()); err != nil {
		t.Error(err)
	}
}

// What nobody keeps is refused.
func TestDecodeHistoryRefuses(t *testing.T) {
	for want, damage := range map[string]func(*History){
		"an order is not whole":                             func(h *History) { h.Orders[0].Order.ID = "" },
		`there is no verdict "well"`:                        func(h *History) { h.Orders[0].Verdict = "well" },
		"an order has not ended, and another one was begun": func(h *History) { h.Orders[0].Verdict, h.Orders[0].Ended = "", time.Time{} },
		"what ran before is not whole":                      func(h *History) { h.Previous.Source = "/etc/passwd" },
		"what was committed is not whole":                   func(h *History) { h.Release.SHA256 = "x" },
		"it has 17 orders, and 16 are kept":                 func(h *History) { h.Orders = make([]Past, 17) },
	} {
		h := history()
		damage(&h)
		if _, err := DecodeHistory(h.Encode()); err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	good := string(history().Encode())
	for text, want := range map[string]string{
		"":         "EOF",
		good + "x": "something follows it",
		strings.Replace(good, `"format": 1`, `"format": 2`, 1): "it has format 2, and this program knows 1",
		strings.Replace(good, `"verdict"`, `"verdicts"`, 1):    `json: unknown field "verdicts"`,
	} {
		if _, err := DecodeHistory([]byte(text)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// What is accepted is written as it was read, and goes on.
func FuzzHistory(f *testing.F) {
	f.Add(history().Encode())
	f.Add(History{}.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := DecodeHistory(data)
		if err != nil {
			return
		}
		again, err := DecodeHistory(h.Encode())
		if err != nil || string(again.Encode()) != string(h.Encode()) {
			t.Fatalf("%+v became %+v: %v", h, again, err)
		}
		h.End(Outcome{Committed, "x"}, record().Old, record().New, noon)
		h.Begin(intent.Order{Name: "nginx", ID: "Z", Mark: intent.Mark{Since: noon}}, noon)
		if _, err := DecodeHistory(h.Encode()); err != nil {
			t.Fatal(err)
		}
	})
}
