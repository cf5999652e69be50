package main

import (
	"encoding/json"
	"strings"
	"testing"

	"hactl/lang/rule"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
)

const source = "vip \"a\" {\n\tvrid = 50\n}\n\nvip \"b\" {\n  vrid = [\n    50,\n  ]\r\n}\n"

func at(line, column, start, end int) hcl.Range {
	return hcl.Range{Filename: "x.ha.hcl", Start: hcl.Pos{Line: line, Column: column, Byte: start}, End: hcl.Pos{Line: line, Column: column + end - start, Byte: end}}
}

func found() findings {
	long := "The number 50 is taken by another vip on the same segment, which would hear its adverts for its own. Choose another one.\n\n    vrid = 51"
	over := at(6, 10, 43, 56)
	over.End = hcl.Pos{Line: 8, Column: 4, Byte: 56}
	return findings{
		name:    func(f string) string { return "dir/" + f },
		sources: map[string][]byte{"x.ha.hcl": []byte(source)},
		list: hcl.Diagnostics{
			rule.OutOfRange.At(at(2, 9, 18, 20), long, rule.Related{Message: "Also here", Range: over}),
			{Severity: hcl.DiagWarning, Summary: "Odd", Detail: "Without a place."},
			{Severity: hcl.DiagError, Summary: "Elsewhere", Detail: "Nobody has read that file.", Subject: &hcl.Range{Filename: "gone"}},
		},
	}
}

func TestFindingsAsText(t *testing.T) {
	want := `error HA014: Value out of range
  --> dir/x.ha.hcl:2:9
    2 | 	vrid = 50
      | 	       ^^
  --> dir/x.ha.hcl:6:10: Also here
    6 |   vrid = [
      |          ^
  The number 50 is taken by another vip on the same segment, which would hear its adverts
  for its own. Choose another one.

      vrid = 51

warning: Odd
  Without a place.

error: Elsewhere
  --> dir/gone
  Nobody has read that file.

hactl explain HA014 tells more.
`
	if d := udiff.Unified("want", "got", want, found().text(false)); d != "" {
		t.Error(d)
	}
	if s := found().text(true); !strings.Contains(s, "\x1b[1;31merror HA014\x1b[0m") || !strings.Contains(s, "\x1b[33mwarning\x1b[0m") {
		t.Errorf("colours are missing: %q", s)
	}
}

// Findings of all parts are told in the order of a reader.
func TestFindingsInOrder(t *testing.T) {
	f := findings{list: hcl.Diagnostics{
		rule.OutOfRange.At(at(12, 3, 0, 0), "e."),
		rule.OutOfRange.At(at(4, 9, 0, 0), "d."),
		rule.OutOfRange.At(at(4, 3, 0, 0), "c."),
		rule.WrongType.At(at(4, 3, 0, 0), "b."),
		{Severity: hcl.DiagWarning, Detail: "a."},
	}}
	f.sort()
	got := ""
	for _, d := range f.list {
		got += d.Detail
	}
	if got != "a.b.c.d.e." {
		t.Error(got)
	}
}

// Of a long line the parts around what is wrong are shown, whatever its length.
func TestExcerptOfLongLine(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	shown := strings.Repeat("ä", around)
	text := []byte("x\n" + long + "BAD" + long + "\ny")
	start := 2 + len(long)
	for name, c := range map[string]struct {
		start, end           int
		line, indent, carets string
	}{
		"between":       {start, start + 3, "…" + shown + "BAD" + shown + "…", strings.Repeat(" ", around+1), "^^^"},
		"at the begin":  {2, 4, "ä" + shown + "…", "", "^"},
		"at the end":    {len(text) - 4, len(text) - 2, "…" + shown + "ä", strings.Repeat(" ", around+1), "^"},
		"all of it":     {2, len(text) - 2, shown + shown + "…", "", strings.Repeat("^", around)},
		"several lines": {start + 3, len(text), "…" + strings.Repeat("ä", around-3) + "BAD" + shown + shown + "…", strings.Repeat(" ", around+1), strings.Repeat("^", around)},
	} {
		line, indent, carets := excerpt(text, hcl.Range{Start: hcl.Pos{Byte: c.start}, End: hcl.Pos{Byte: c.end}})
		if line != c.line || indent != c.indent || carets != c.carets {
			t.Errorf("%s:\n%s\n%s%s\nwant\n%s\n%s%s", name, line, indent, carets, c.line, c.indent, c.carets)
		}
	}
}

// The shape is a contract: names, and what is there when there is nothing.
func TestFindingsAsJSON(t *testing.T) {
	v := found().verdict()
	v.Diagnostics = v.Diagnostics[:2]
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "valid": false,
 "error_count": 2,
 "warning_count": 1,
 "diagnostics": [
  {
   "severity": "error",
   "code": "HA014",
   "summary": "Value out of range",
   "detail": "The number 50 is taken by another vip on the same segment, which would hear its adverts for its own. Choose another one.\n\n    vrid = 51",
   "range": {
    "filename": "dir/x.ha.hcl",
    "start": {
     "line": 2,
     "column": 9,
     "byte": 18
    },
    "end": {
     "line": 2,
     "column": 11,
     "byte": 20
    }
   },
   "related": [
    {
     "message": "Also here",
     "range": {
      "filename": "dir/x.ha.hcl",
      "start": {
       "line": 6,
       "column": 10,
       "byte": 43
      },
      "end": {
       "line": 8,
       "column": 4,
       "byte": 56
      }
     }
    }
   ]
  },
  {
   "severity": "warning",
   "code": "",
   "summary": "Odd",
   "detail": "Without a place.",
   "related": []
  }
 ]
}`
	if d := udiff.Unified("want", "got", want, string(data)); d != "" {
		t.Error(d)
	}
}

// Whatever a range says, printing it never panics and never obeys the text.
func FuzzExcerpt(f *testing.F) {
	f.Add([]byte(source), 18, 20)
	f.Add([]byte("\x1b[31m\n"), 0, 5)
	f.Add([]byte(""), 0, 0)
	f.Fuzz(func(t *testing.T, text []byte, start, end int) {
		r := hcl.Range{Start: hcl.Pos{Byte: start}, End: hcl.Pos{Byte: end}}
		line, indent, carets := excerpt(text, r)
		if strings.ContainsAny(line+indent+carets, "\x1b\r\n\x00") {
			t.Errorf("control characters in %q %q %q", line, indent, carets)
		}
		if line != "" && carets == "" {
			t.Errorf("nothing marks %q", line)
		}
	})
}
