package trial

import (
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hactl/schemas/intent"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// armed is a record of a plan on trial.
func armed(t *testing.T) *Record {
	before := version(t, "v1")
	before.Envelope = plan.Envelope{AppliedBy: "ops@desk", Commit: "v1.2"}
	return &Record{
		State: status.OnTrial, Trial: plan.Trial{ID: "a", Within: 300, Round: 1, Hosts: []string{"lb01", "lb02"}},
		By: "ops@desk", Plan: version(t, "v2").Hash, Boot: "b0", Until: time.Hour, Before: before,
	}
}

// confirmedRecord is the record of one that stays.
func confirmedRecord(t *testing.T) *Record {
	r := armed(t)
	r.State, r.Before, r.Ended = status.Confirmed, nil, intent.Mark{By: "ops@desk", Since: time.Unix(1, 0).UTC()}
	return r
}

func encoded(t testing.TB, r *Record) []byte {
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRecordRoundTrip(t *testing.T) {
	for _, r := range []*Record{armed(t), confirmedRecord(t)} {
		got, err := Decode(encoded(t, r), "lb01")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// sealed gives a body its head.
func sealed(body string) []byte {
	return fmt.Appendf(nil, "hactl trial %d %08x\n%s", format, crc32.ChecksumIEEE([]byte(body)), body)
}

// What no machine saves is refused: nobody goes back to a plan for it.
func TestRecordRefused(t *testing.T) {
	_, body, _ := strings.Cut(string(encoded(t, armed(t))), "\n")
	stays, _, _ := strings.Cut(string(encoded(t, confirmedRecord(t))), "\n{")
	for says, data := range map[string][]byte{
		"it is none":               []byte("hello\n"),
		"it has format 9":          []byte("hactl trial 9 00000000\n" + body),
		"it is damaged":            []byte(stays + "\n" + body),
		`state "sunk"`:             sealed(strings.Replace(body, status.OnTrial, "sunk", 1)),
		"unknown field":            sealed(strings.Replace(body, `"state"`, `"strait"`, 1)),
		"to go back to is missing": sealed(body[:strings.Index(body, "\n")+1]),
		"or of no use":             sealed(strings.Replace(body, status.OnTrial, status.Confirmed, 1)),
		"trial: 0 s":               sealed(strings.Replace(body, `"within_s":300`, `"within_s":0`, 1)),
		"it lacks":                 sealed(strings.Replace(body, `"until_ns":3600`, `"until_ns":-3600`, 1)),
		"damaged plan":             sealed(strings.Replace(body, `"vrid": 1`, `"vrid": 7`, 1)),
		"is on trial itself":       sealed(strings.Replace(body, `"envelope": {`, `"envelope": {"trial": {"id": "x", "within_s": 5},`, 1)),
	} {
		if _, err := Decode(data, "lb01"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, got %v", says, err)
		}
	}
	if _, err := Decode(sealed(body), "lb02"); err == nil || !strings.Contains(err.Error(), `it is of host "lb01", not of "lb02"`) {
		t.Errorf("of another host: %v", err)
	}
}

// FuzzDecode: whatever is in the file, reading it ends; what is accepted reads the
// same once more, and a machine goes on with it.
func FuzzDecode(f *testing.F) {
	t := new(testing.T)
	for _, r := range []*Record{armed(t), confirmedRecord(t)} {
		_, body, _ := strings.Cut(string(encoded(f, r)), "\n")
		f.Add(body, true)
		f.Add(string(encoded(f, r)), false)
	}
	f.Fuzz(func(t *testing.T, text string, seal bool) {
		data := []byte(text)
		if seal {
			data = sealed(text)
		}
		r, err := Decode(data, "lb01")
		if err != nil {
			return
		}
		again, err := Decode(encoded(t, r), "lb01")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatalf("(-first +second)\n%s", diff)
		}
		next, change, instead := Step(r, Now{Boot: r.Boot, Up: r.Until}, Facts{})
		if r.State == status.OnTrial && (change != Failed || instead != r.Before || next.State != status.Returned) {
			t.Fatalf("over, and %q", change)
		}
	})
}
