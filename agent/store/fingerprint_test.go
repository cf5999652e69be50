package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A fingerprint tells whether two secrets are the same, and nothing by itself: with
// another nonce it is another one.
func TestFingerprints(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string, mode os.FileMode) SecretFile {
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, []byte(content), mode))
		return SecretFile{Path: path, Key: strings.HasPrefix(name, "key")}
	}
	files := []SecretFile{
		file("one", "s3cret\n", 0o600), file("two", "s3cret\r\nand more", 0o640), file("three", "S3cret\n", 0o600),
		file("key1", strings.Repeat("k", 32), 0o600), file("key2", "hex:"+strings.Repeat("6B", 32), 0o600),
		file("open", "s3cret\n", 0o644), file("empty", "", 0o600), {Path: filepath.Join(dir, "none")},
	}
	ask := func(nonce string) []Fingerprint {
		all, err := fingerprints([]byte(nonce), files)
		check(t, err)
		return all
	}
	a, b := ask(strings.Repeat("a", 32)), ask(strings.Repeat("b", 32))
	for _, same := range [][2]int{{0, 1}, {3, 4}} {
		if x, y := a[same[0]].Sum, a[same[1]].Sum; len(x) != sumSize || !bytes.Equal(x, y) {
			t.Errorf("files %v: %x and %x", same, x, y)
		}
	}
	if bytes.Equal(a[0].Sum, a[2].Sum) || bytes.Equal(a[0].Sum, a[3].Sum) || bytes.Equal(a[0].Sum, b[0].Sum) {
		t.Error("different secrets, or different nonces, and one fingerprint")
	}
	if a[5].Sum != nil || a[5].Fault != files[5].Path+" is open to everybody: its mode is 0644; chmod 0600 "+files[5].Path {
		t.Errorf("open to everybody: %+v", a[5])
	}
	if a[6].Sum != nil || a[6].Fault != files[6].Path+" holds no secret" {
		t.Errorf("empty: %+v", a[6])
	}
	if a[7].Sum != nil || !a[7].Missing {
		t.Errorf("no file: %+v", a[7])
	}
}

// A nonce that is short could come twice.
func TestFingerprintsWantANonce(t *testing.T) {
	out, err := talk(t, `{"op":"fingerprints","nonce":"c2hvcnQ=","files":[{"path":"/etc/hostname"}]}`+"\n")
	check(t, err)
	same(t, "said", afterHello(`{"error":"fingerprints: a nonce of 5 bytes, want 16"}`+"\n"), out)
}
