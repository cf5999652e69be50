package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func encoded(t testing.TB, p *Plan) []byte {
	t.Helper()
	data, err := Encode(p, whence())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestGolden(t *testing.T) {
	golden(t, "pair.json", string(encoded(t, pair())))
	golden(t, "pair.canonical", string(pair().Canonical()))
	golden(t, "full.canonical", string(full().Canonical()))
	empty := Plan{Host: "lb03"}
	golden(t, "empty.json", string(encoded(t, &empty)))
	golden(t, "empty.canonical", string(empty.Canonical()))
}

func TestRoundTrip(t *testing.T) {
	for _, p := range []*Plan{pair(), full()} {
		d, err := Decode(encoded(t, p))
		if err != nil {
			t.Fatal(err)
		}
		want := &Document{Format: Format, Hash: p.Hash(), Envelope: whence(), Plan: *p}
		if diff := cmp.Diff(want, d); diff != "" {
			t.Error(diff)
		}
	}
}

// Maps have no order of their own: however one has come about, its plan has the
// same bytes, with the keys sorted.
func TestCanonicalSortsMaps(t *testing.T) {
	names := strings.Fields("b Z a B _ a1 a0 A")
	var first []byte
	for range names {
		names = append(names[1:], names[0])
		p, variables := full(), map[string]string{}
		for _, name := range names {
			variables[name] = "x"
		}
		p.Checks[0].Exec.Environment = variables
		bytes := p.Canonical()
		if first == nil {
			first = bytes
		}
		if string(bytes) != string(first) {
			t.Fatalf("%s\nand\n%s", first, bytes)
		}
	}
	if want := `"environment":{"A":"x","B":"x","Z":"x","_":"x","a":"x","a0":"x","a1":"x","b":"x"}`; !strings.Contains(string(first), want) {
		t.Errorf("no %s in\n%s", want, first)
	}
	unsorted := strings.Replace(string(full().body()), `{"A":"1","B":"hunter2"}`, `{"B":"hunter2","A":"1"}`, 1)
	d := Document{Hash: hash(canonical([]byte(unsorted)))}
	if err := d.open([]byte(unsorted)); err == nil || !strings.Contains(err.Error(), "canonical") {
		t.Errorf("keys in another order: %v", err)
	}
}

// The hash is over format and plan: another envelope is the same plan.
func TestHashLeavesOutEnvelope(t *testing.T) {
	data, err := Encode(pair(), Envelope{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if d.Hash != pair().Hash() {
		t.Errorf("hash %s, want %s", d.Hash, pair().Hash())
	}
	p := pair()
	p.Routers[0].Priority--
	if p.Hash() == pair().Hash() {
		t.Error("another priority has the same hash")
	}
}

func TestEncodeRefusesInvalid(t *testing.T) {
	p := pair()
	p.Routers[0].VRID = 0
	if _, err := Encode(p, Envelope{}); err == nil || !strings.Contains(err.Error(), "vrid: 0 is outside 1..255") {
		t.Errorf("got %v", err)
	}
}

// White space is the only liberty: jq and editors may indent as they like.
func TestDecodeTakesOtherWhiteSpace(t *testing.T) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, encoded(t, pair())); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(compact.Bytes()); err != nil {
		t.Error(err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(encoded(t, pair()))
	rehashed := func(body string) string {
		return `{"format":1,"hash":"` + hash(canonical([]byte(body))) + `","envelope":{},"plan":` + body + `}`
	}
	cases := []struct {
		name, document string
		is             error // what errors.Is tells, nil for none
		says           string
	}{
		{"empty", "", ErrDamaged, "unexpected end"},
		{"zeros", "\x00\x00\x00", ErrDamaged, "invalid character"},
		{"cut off", good[:len(good)/2], ErrDamaged, "unexpected end"},
		{"last byte gone", good[:len(good)-2], ErrDamaged, "unexpected end"},
		{"a digit changed", strings.Replace(good, `"vrid": 50`, `"vrid": 51`, 1), ErrDamaged, "its hash is sha256:"},
		{"hash changed", strings.Replace(good, `"hash": "sha256:`, `"hash": "sha255:`, 1), ErrDamaged, "its hash is sha256:"},
		{"no plan", `{"format":1,"hash":"","envelope":{}}`, ErrDamaged, "no plan"},
		{"newer", `{"format":2,"anything":{}}`, ErrNewerFormat, "2, and this hactl reads 1: install the hactl that wrote it"},
		{"format 0", strings.Replace(good, `"format": 1`, `"format": 0`, 1), nil, "format 0"},
		{"no format", `{}`, nil, "not a plan of hactl"},
		{"another document", `{"apiVersion":"v1"}`, nil, "not a plan of hactl"},
		{"a list", `[]`, ErrDamaged, "cannot unmarshal array"},
		{"null", `null`, nil, "not a plan of hactl"},
		{"data behind", good + "{}", ErrDamaged, "after top-level value"},
		{"unknown key", strings.Replace(good, `"format": 1`, `"format": 1, "checks": []`, 1), nil, `unknown field "checks"`},
		{"unknown key in the plan", rehashed(`{"host":"lb01","routers":[],"balancers":[]}`), nil, `unknown field "balancers"`},
		{"key twice", rehashed(`{"host":"lb01","host":"lb02","routers":[]}`), nil, "canonical"},
		{"another case", rehashed(`{"Host":"lb01","routers":[]}`), nil, "canonical"},
		{"another order", rehashed(`{"routers":[],"host":"lb01"}`), nil, "canonical"},
		{"empty checks", rehashed(`{"host":"lb01","routers":[],"checks":[]}`), nil, "canonical"},
		{"null routers", rehashed(`{"host":"lb01","routers":null}`), nil, "canonical"},
		{"needless escape", rehashed(`{"host":"lb\u0030\u0031","routers":[]}`), nil, "canonical"},
		{"invalid", rehashed(`{"host":"","routers":[]}`), nil, `host: "" is empty`},
		{"fraction", rehashed(`{"host":"lb01","routers":[{"vrid":1.5}]}`), nil, "cannot unmarshal number 1.5"},
		{"too long", strings.Repeat(" ", MaxSize+1), nil, "more than 67108864"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode([]byte(c.document))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want an error that says %q", err, c.says)
			}
			for _, kind := range []error{ErrDamaged, ErrNewerFormat} {
				if errors.Is(err, kind) != (kind == c.is) {
					t.Errorf("errors.Is(%v, %v) = %v", err, kind, kind != c.is)
				}
			}
		})
	}
}

// Whatever Decode takes, Encode writes again, with the same hash.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, pair()))
	f.Add(encoded(f, full()))
	f.Add(encoded(f, &Plan{Host: "lb03"}))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`{"format":1,"hash":"","envelope":{},"plan":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Encode(&d.Plan, d.Envelope)
		if err != nil {
			t.Fatalf("decoded and not encoded: %v", err)
		}
		e, err := Decode(again)
		if err != nil {
			t.Fatalf("encoded and not decoded: %v", err)
		}
		if diff := cmp.Diff(d, e); diff != "" {
			t.Error(diff)
		}
	})
}

// The hash lets the fuzzer nowhere near a plan's inside, so this gives any
// bytes the hash that they need.
func FuzzDecodeBody(f *testing.F) {
	f.Add(pair().body())
	f.Add(full().body())
	f.Add([]byte(`{"host":"lb03","routers":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var d Document
		if !json.Valid(body) {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, body); err != nil {
			t.Fatal(err)
		}
		d.Hash = hash(canonical(compact.Bytes()))
		if d.open(body) == nil && !bytes.Equal(d.Plan.body(), compact.Bytes()) {
			t.Errorf("%s\nis not canonical, and was taken", body)
		}
	})
}
