package intent

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

var mark = Mark{By: "ops@desk", Since: time.Date(2026, 11, 22, 15, 40, 0, 0, time.UTC)}

// wanted is a host of which much is wanted.
func wanted() *Host {
	h := &Host{Format: Format, Host: "lb01", Drain: &Mark{Since: mark.Since}}
	h.Set(Hold{Vip: "web/public", Mark: mark})
	h.Set(Hold{Vip: "nat/in", Mark: mark, Plan: "sha256:00"})
	h.SetOrder(Order{Name: "nginx", ID: "B2", SHA256: "9f2f", Mark: mark})
	h.SetOrder(Order{Name: "app", ID: "A1", Back: true, Mark: mark})
	h.Confirmed = &Confirmation{Trial: "C3", Mark: mark}
	return h
}

const document = `{
  "format": 1,
  "host": "lb01",
  "drain": {
    "by": "",
    "since": "2026-11-22T15:40:00Z"
  },
  "holds": [
    {
      "vip": "nat/in",
      "by": "ops@desk",
      "since": "2026-11-22T15:40:00Z",
      "plan": "sha256:00"
    },
    {
      "vip": "web/public",
      "by": "ops@desk",
      "since": "2026-11-22T15:40:00Z"
    }
  ],
  "upgrades": [
    {
      "name": "app",
      "id": "A1",
      "back": true,
      "by": "ops@desk",
      "since": "2026-11-22T15:40:00Z"
    },
    {
      "name": "nginx",
      "id": "B2",
      "sha256": "9f2f",
      "by": "ops@desk",
      "since": "2026-11-22T15:40:00Z"
    }
  ],
  "confirmed": {
    "trial": "C3",
    "by": "ops@desk",
    "since": "2026-11-22T15:40:00Z"
  }
}
`

func TestEncode(t *testing.T) {
	if got := string(Encode(wanted())); got != document {
		t.Errorf("got\n%s\nwant\n%s", got, document)
	}
	h, err := Decode([]byte(document))
	if err != nil || !reflect.DeepEqual(h, wanted()) {
		t.Errorf("decoded %+v, %v", h, err)
	}
}

func TestHolds(t *testing.T) {
	h := wanted()
	if h.Hold("web/static") != nil || h.Hold("nat/in") == nil || h.Release("web/static") {
		t.Error("a hold that nobody set, or none that somebody set")
	}
	h.Set(Hold{Vip: "nat/in", Mark: mark})
	if len(h.Holds) != 2 || h.Hold("nat/in").Plan != "" {
		t.Errorf("set twice: %+v", h.Holds)
	}
	if !h.Release("nat/in") || h.Hold("nat/in") != nil || len(h.Holds) != 1 {
		t.Errorf("released: %+v", h.Holds)
	}
}

func TestMarkReads(t *testing.T) {
	for want, m := range map[string]Mark{"ops@desk, 2026-11-22T15:40:00Z": mark, "2026-11-22T15:40:00Z": {Since: mark.Since}} {
		if got := m.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	with := func(old, new string) string { return strings.Replace(document, old, new, 1) }
	cases := []struct{ name, document, says string }{
		{"empty", "", "unexpected end"},
		{"cut off", document[:60], "unexpected end"},
		{"another document", "{}", "not intents of hactl"},
		{"newer", `{"format": 2, "pause": true}`, "2, and this hactl reads 1"},
		{"unknown key", with(`"host"`, `"pause": true, "host"`), `unknown field "pause"`},
		{"no host", with("lb01", ""), "names no host"},
		{"something behind it", document + "{}", "after top-level value"},
		{"drained since never", with(`"2026-11-22T15:40:00Z"`, `"0001-01-01T00:00:00Z"`), "drain: it does not say since when"},
		{"held since never", with("\"since\": \"2026-11-22T15:40:00Z\",\n      \"plan\": \"sha256:00\"", `"plan": ""`), "hold of nat/in: it does not say since when"},
		{"hold of no vip", with("nat/in", ""), "hold 1 names no vip"},
		{"twice", with("nat/in", "web/public"), "hold of web/public: there twice"},
		{"not in order", with("nat/in", "zone/a"), "hold of web/public: there twice, or not in order"},
		{"confirmed nothing", with("C3", ""), "confirmation: it names no trial"},
		{"confirmed never", with("\"C3\",\n    \"by\": \"ops@desk\",\n    \"since\": \"2026-11-22T15:40:00Z\"", `"C3"`), "confirmation: it does not say since when"},
		{"a wrong type", with(`"lb01"`, "7"), "cannot unmarshal number"},
		{"too long", strings.Repeat(" ", MaxSize+1), "more than 4194304"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode([]byte(c.document))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want an error that says %q", err, c.says)
			}
			if errors.Is(err, ErrNewerFormat) != (c.name == "newer") {
				t.Errorf("%v: newer format", err)
			}
		})
	}
}

// Whatever is decoded is the same after another round.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte(`{"format":1,"host":"a"}`))
	f.Add([]byte(`{"format":1,"host":"a","holds":[{"vip":"v","by":"","since":"2026-11-22T15:40:00+01:00"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(Encode(h))
		if err != nil {
			t.Fatalf("encoded, and refused: %v", err)
		}
		if !bytes.Equal(Encode(h), Encode(again)) {
			t.Errorf("got %+v, want %+v", again, h)
		}
	})
}
