package keepalived

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// read reads one file of that text.
func read(text string) (*Config, hcl.Diagnostics) {
	return Read(Source{Node: "a", FS: fstest.MapFS{"a.conf": {Data: []byte(text)}}, Path: "a.conf"})
}

// outline prints statements, one on a line, words apart by "|" and marked:
// "?" for a placeholder, "~" for one that a comment cuts.
func outline(all []*Statement, indent string) string {
	var b strings.Builder
	for _, s := range all {
		var words []string
		for _, w := range s.Words {
			text := w.Text
			if w.Unknown {
				text += "?"
			}
			if w.Cut {
				text += "~"
			}
			words = append(words, text)
		}
		fmt.Fprintf(&b, "%s%s", indent, strings.Join(words, "|"))
		if s.Block {
			b.WriteString(" {")
		}
		b.WriteString("\n" + outline(s.Children, indent+"  "))
	}
	return b.String()
}

// TestRead shows how keepalived splits text into words and blocks.
func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"comments":          {"a b # c\n! d\na \"# !\" e#f\n", "a|b\na|# !|e~\n"},
		"escapes":           {`a \#b "c\"d\\" 'e "f' g'h` + "\n", `a|#b|c"d\|e "f|g'h` + "\n"},
		"line ends":         {"\xef\xbb\xbfa b\r\nc\r\n", "a|b\nc\n"},
		"glued braces":      {"a{\nb}\ngroup{d}\n", "a {\n  b\ngroup {\n  d\n"},
		"one line":          {"track_script { x y }\nb\n", "track_script {\n  x|y\nb\n"},
		"brace below":       {"virtual_server 1.2.3.4 80\n\n{\n  b\n}\n", "virtual_server|1.2.3.4|80 {\n  b\n"},
		"words that follow": {"a { b } c\nd\n", "a {\n  b\nc\nd\n"},
		"single braces":     {"a {NAME} b\nvirtual_ipaddress {\n  {MY VIP}\n}\n", "a|{NAME}?|b\nvirtual_ipaddress {\n  {MY VIP}?\n"},
		"glued after block": {"track_script {x}\n", "track_script {\n  x\n"},
		"references":        {"a ${X Y} b\n", "a|${X Y}?|b\n"},
		"definitions":       {"$X=b c\na $X ${X}d $Y\n", "a|b|c|b|cd|$Y?\n"},
		"several lines":     {"$X= \\\n  b 1 \\\n  c 2\na {\n  $X\n}\nd\n", "a {\n  b|1\n  c|2\nd\n"},
		"no end":            {"$X=${X}\na ${X}\n", "a|${X}?\n"},
		"sequence":          {"~SEQ(N, 1, 2, 5) a $N ${N}x\n", "a|1|1x\na|3|3x\na|5|5x\n"},
		"sequence down":     {"~SEQ(N, 2, -1, 0) a $N\n~SEQ(N, 3, 2) b $N\n~SEQ(N, -2) c $N\n", "a|2\na|1\na|0\nb|3\nb|2\nc|-1\nc|-2\n"},
		"base 16":           {"~SEQx(N, 0xf, 1, 17) h $N\n", "h|f\nh|10\nh|11\n"},
		"sequences":         {"~SEQ(N, 2) ~LST(M, x, y) a $N $M\n", "a|1|x\na|1|y\na|2|x\na|2|y\n"},
		"several names":     {"~LST({N, M}, {1, x}, {2, y}) a $N ${M}\nb $M\n", "a|1|x\na|2|y\nb|y\n"},
		"bounds defined":    {"$E=2\n~SEQ(N, ${E}) a $N\n", "a|1\na|2\n"},
		"repeated lines":    {"$B= \\\n  a $N { \\\n  @a $M=x${N} \\\n  b $M \\\n  }\n~SEQ(N, 2) $B\n", "a|1 {\n  b|x1\na|2 {\n  b|x2\n"},
		"condition within":  {"$C=@other\n$D=@a\n$C a\n$D b\n", "b\n"},
		"predefined":        {"a ${_INSTANCE} ${_PWD}/x\n", "a|a|${_PWD}/x?\n"},
		"conditions":        {"@a b\n@other c\n@^a d\n@^other e\n", "b\ne\n"},
		"slashes":           {"a b // c {d}\ne http://x\n", "a|b\ne|http://x\n"},
		"prompt":            {"[root@a ~]# cat x\n", "[root@a|~]~\n"},
		"NUL and rubbish":   {"a\x00b \xff\n", "a|b|\xff\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := read(c.text)
			if d := udiff.Unified("want", "got", c.want, outline(got.Statements, "")); d != "" {
				t.Error(d)
			}
		})
	}
}

// Ranges are exact, also for what comes from a definition: then it is the
// place that refers to it.
func TestRanges(t *testing.T) {
	c, _ := read("$X=long value\nä “b” ${X}c d\n")
	var got []string
	for _, w := range c.Statements[0].Words {
		got = append(got, fmt.Sprintf("%s %s", w.Text, w.Range))
	}
	want := []string{"ä a.conf:2,1-2", "“b” a.conf:2,3-6", "long a.conf:2,7-11", "valuec a.conf:2,7-12", "d a.conf:2,13-14"}
	if d := udiff.Unified("want", "got", strings.Join(want, "\n")+"\n", strings.Join(got, "\n")+"\n"); d != "" {
		t.Error(d)
	}
}

// Whatever a file says, time and memory are bounded, and it is said why the
// rest is not read.
func TestLimits(t *testing.T) {
	bomb := "$A0=xxxxxxxxxxxxxxxx\n"
	for i := range 40 {
		bomb += fmt.Sprintf("$A%d=${A%d}${A%d}${A%d}${A%d}\n", i+1, i, i, i, i)
	}
	for name, c := range map[string]struct{ text, want string }{
		"deep":       {strings.Repeat("a {\n", 1000), "HA204"},
		"repeated":   {strings.Repeat("~SEQ(A, 1000) ", 3) + "x\n", "HA204"},
		"definition": {bomb + "a ${A40}\n", ""},
		"nested":     {"$A= \\\n ${A} \\\n ${A}\na ${A}\n", "HA204"},
		"large":      {strings.Repeat("#", maxFile+1), "HA200"},
		"UTF-16":     {"\xff\xfev\x00", "HA200"},
		"long line":  {"a " + strings.Repeat("b ", 500_000) + "\n", "HA204"},
		"references": {"$X=a b c\na " + strings.Repeat("$X ", 150_000) + "\n", "HA204"},
		"long words": {strings.Repeat("{ ", 100_000), "HA205"},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := read(c.text)
			found := c.want == ""
			for _, d := range diags {
				code, _, _ := rule.Of(d)
				found = found || code == c.want
			}
			if !found {
				t.Errorf("%s was not reported: %v", c.want, diags[:min(len(diags), 5)])
			}
		})
	}
}

// What cannot be read is an error without a line; files outside are not read.
func TestUnreadable(t *testing.T) {
	for path, want := range map[string]string{"gone.conf": "file does not exist", "../a.conf": "outside of the folder"} {
		c, diags := Read(Source{FS: fstest.MapFS{}, Path: path, Prefix: "x"})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, want) || c.Statements != nil {
			t.Errorf("%s: %v", path, diags)
		}
	}
	_, diags := Read(Source{FS: fstest.MapFS{"a.conf": {Data: []byte("include ../../etc/passwd\n")}}, Path: "a.conf"})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "cannot be read from here") {
		t.Errorf("an include outside of the folder: %v", diags)
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]Version{"2.2.7": {2, 2, 7}, "v2.3": {2, 3, 99}, "1": {1, 99, 99}} {
		if v, err := ParseVersion(text); err != nil || v != want {
			t.Errorf("%s: %v %v", text, v, err)
		}
	}
	for _, text := range []string{"", "x", "2.2.7.1", "2.-1"} {
		if _, err := ParseVersion(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	if !(Version{2, 2, 7}).Before(acceptsOtherSet) || (Version{2, 3, 3}).Before(acceptsOtherSet) || Newest.Before(acceptsOtherSet) {
		t.Error("2.2.7 < 2.3.3 <= newest does not hold")
	}
}

// The table names each kind of block that it opens.
func TestGrammar(t *testing.T) {
	for name, k := range grammar {
		for word, w := range k.words {
			if _, known := grammar[w.opens]; !known {
				t.Errorf("%s %s opens the unknown block %q", name, word, w.opens)
			}
			if w.number && w.low > w.high {
				t.Errorf("%s %s: %g to %g", name, word, w.low, w.high)
			}
		}
	}
	for instance, rest := range map[string]keyword{
		"priority":          {common: true, value: true, fatal: true, number: true, low: 1, high: 255},
		"unicast_ttl":       {common: true, value: true, fatal: true, number: true, high: 255, since: Version{2, 1, 0}},
		"virtual_ipaddress": {common: true, opens: addresses},
		"nopreempt":         {common: true},
		"vrf":               {value: true, fatal: true, since: Version{2, 2, 5}},
	} {
		if got := grammar["instance"].words[instance]; got != rest {
			t.Errorf("%s: %+v", instance, got)
		}
	}
}

// FuzzParse gives any text to two nodes: nothing panics, what is found lies in
// the text, and the same is found again.
func FuzzParse(f *testing.F) {
	for _, folder := range []string{"cases", "silent"} {
		for _, a := range archives(f, folder) {
			for _, file := range a.Files {
				f.Add(string(file.Data), string(a.Files[0].Data))
			}
		}
	}
	f.Add("$X= \\\n${X\\\n} { } ~SEQ(N,0x1,9)@a@^ \"\\", "include a.conf\n~LST(X) {{ '\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		files := fstest.MapFS{"a.conf": {Data: []byte(a)}, "b.conf": {Data: []byte(b)}}
		sources := []Source{{Node: "a", FS: files, Path: "a.conf"}, {Node: "b", FS: files, Path: "b.conf"}}
		diags, texts := Lint(sources, Options{})
		for _, d := range diags {
			code, related, _ := rule.Of(d)
			for _, r := range append(related, rule.Related{Range: *d.Subject}) {
				if r.Range.Start.Byte > r.Range.End.Byte || r.Range.End.Byte > len(texts[r.Range.Filename]) {
					t.Errorf("%s: %+v lies outside of the text", code, r.Range)
				}
			}
		}
		if again, _ := Lint(sources, Options{}); len(again) != len(diags) {
			t.Errorf("%d findings, then %d", len(diags), len(again))
		}
	})
}

// TestEveryWord looks whether each keyword of keepalived.conf is known: the list
// was drawn from the manual page and release notes of keepalived up to 2.4.3,
// not from the table.
func TestEveryWord(t *testing.T) {
	text, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Fields(string(text))
	for _, word := range all {
		if !known(word) {
			t.Errorf("%s is unknown", word)
		}
	}
	count := map[string]bool{}
	for _, k := range grammar {
		for word := range k.words {
			count[word] = true
		}
	}
	if len(count) != len(all) {
		t.Errorf("the table has %d words, the list %d", len(count), len(all))
	}
}
