package plan

import (
	"strings"
	"testing"
)

// A trial travels in the envelope: the hash stays.
func TestTrialTravels(t *testing.T) {
	doc := Empty("lb01")
	mark := &Trial{ID: "a", Within: 300, Round: 2, Hosts: []string{"lb01", "lb02"}}
	data, err := Encode(&doc.Plan, Envelope{AppliedBy: "ops@desk", Trial: mark})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if is := got.OnTrial(); is == nil || is.ID != "a" || is.Within != 300 || is.Round != 2 || strings.Join(is.Hosts, " ") != "lb01 lb02" {
		t.Errorf("came back as %+v", is)
	}
	if got.Hash != doc.Hash || got.Untried().OnTrial() != nil || got.OnTrial() == nil || (*Document)(nil).OnTrial() != nil {
		t.Error("the plan itself is another one")
	}
}

// What no hactl writes is neither written nor read.
func TestTrialRefused(t *testing.T) {
	doc := Empty("lb01")
	good, err := Encode(&doc.Plan, Envelope{Trial: &Trial{ID: "a", Within: 300}})
	if err != nil {
		t.Fatal(err)
	}
	for says, bad := range map[string]Trial{
		"it has no id":             {Within: 300},
		"trial: 0 s":               {ID: "a"},
		"trial: 86401 s":           {ID: "a", Within: MaxTrial + 1},
		"round -1":                 {ID: "a", Within: 300, Round: -1},
		`"lb01": there twice`:      {ID: "a", Within: 300, Hosts: []string{"lb01", "lb01"}},
		`host "": there twice, or`: {ID: "a", Within: 300, Hosts: []string{""}},
	} {
		if _, err := Encode(&doc.Plan, Envelope{Trial: &bad}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", bad, err, says)
		}
	}
	for says, change := range map[string][2]string{
		"trial: 0 s":    {`"within_s": 300`, `"within_s": 0`},
		"unknown field": {`"within_s"`, `"within"`},
	} {
		if _, err := Decode([]byte(strings.Replace(string(good), change[0], change[1], 1))); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v, want %q", change, err, says)
		}
	}
}
