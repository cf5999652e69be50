package keepalived

import (
	"slices"
	"strings"
	"testing"
)

// Of every word that keepalived knows and an import leaves out, the report says
// what takes its place.
func TestInstead(t *testing.T) {
	for _, in := range []string{top, "global", "instance", "group", "script"} {
		for _, word := range grammar[in].names() {
			if slices.Contains(strings.Fields(carried[in]), word) || slices.Contains(mailWords, word) || grammar[in].words[word].opens == "virtual" || word == "virtual_server_group" {
				continue
			}
			why := insteadOf(word)
			if why == insteadOf("no such word") || !strings.HasSuffix(why, ".") || strings.Contains(why, "leave the word out") || strings.Contains(why, "not supported yet") {
				t.Errorf("%s %s: %s", in, word, why)
			}
		}
	}
}

// What an import says to carry over are words of keepalived.
func TestCarried(t *testing.T) {
	for in, all := range carried {
		for _, word := range strings.Fields(all) {
			if !grammar[in].known(word) {
				t.Errorf("%s is no word of the block %s", word, in)
			}
		}
	}
	for _, word := range serious {
		if !grammar[top].known(word) && !grammar["global"].known(word) && !grammar["instance"].known(word) {
			t.Errorf("%s is no word of keepalived", word)
		}
	}
}
