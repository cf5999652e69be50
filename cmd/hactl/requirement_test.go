package main

import "testing"

func TestAdmits(t *testing.T) {
	for _, c := range []struct {
		requirement, version string
		want, wrong          bool
	}{
		{requirement: ">= 0.1", version: "0.1.0-dev", want: true},
		{requirement: ">= 0.1, < 1", version: "0.9.9", want: true},
		{requirement: ">= 0.1, < 1", version: "1.0.0"},
		{requirement: "> 0.1", version: "0.1.0"},
		{requirement: "> 0.1", version: "0.1.1", want: true},
		{requirement: "<= 0.1.2", version: "0.1.3"},
		{requirement: "0.1.2", version: "0.1.2", want: true},
		{requirement: "= 0.1.2", version: "0.1.3"},
		{requirement: "!= 0.1.2", version: "0.1.3", want: true},
		{requirement: "~> 0.1", version: "0.1.0", wrong: true},
		{requirement: ">= 0.x", version: "0.1.0", wrong: true},
		{requirement: ">= 1.2.3.4", version: "0.1.0", wrong: true},
		{requirement: "", version: "0.1.0", wrong: true},
		{requirement: "=> 0.1", version: "0.1.0", wrong: true},
	} {
		got, err := admits(c.requirement, c.version)
		if got != c.want || (err != nil) != c.wrong {
			t.Errorf("%q for %s: %v, %v", c.requirement, c.version, got, err)
		}
	}
	if _, err := parseVersion(thisBuild().Version); err != nil {
		t.Error(err)
	}
}
