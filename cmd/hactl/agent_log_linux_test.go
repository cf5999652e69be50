package main

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hactl/agent/logbook"
)

// hung is a log that takes nothing until it is let go.
type hung struct {
	letGo chan struct{}
	text  bytes.Buffer
}

func (h *hung) Write(p []byte) (int, error) {
	<-h.letGo
	return h.text.Write(p)
}

// An agent ends though nobody reads its log, and the last lines get there when
// somebody does.
func TestAgentEndsWithoutItsLog(t *testing.T) {
	for _, reads := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			out := &hung{letGo: make(chan struct{})}
			if reads {
				close(out.letGo)
			}
			began, failure := time.Now(), errors.New("the agent's error")
			err := logFlags{"text", "info"}.keep(out, func(b *logbook.Book) error {
				b.Logger().Info("leaving")
				return failure
			})
			if err != failure {
				t.Errorf("got %v", err)
			}
			if took := time.Since(began); took > lastLines || reads && took > 0 {
				t.Errorf("it took %v", took)
			}
			if !reads {
				close(out.letGo)
				synctest.Wait()
			}
			if !bytes.Contains(out.text.Bytes(), []byte("msg=leaving")) {
				t.Errorf("the log says %q", &out.text)
			}
		})
	}
}

func TestAgentFlagsThatAreNone(t *testing.T) {
	for _, c := range []struct{ flag, value, want string }{
		{"--log-format", "xml", `hactl: --log-format "xml": write "text" or "json"` + "\n"},
		{"--log-level", "loud", `hactl: --log-level "loud": write "debug", "info", "warn" or "error"` + "\n"},
	} {
		var out bytes.Buffer
		if code := run([]string{"agent", "--dir", t.TempDir(), "--socket", "", c.flag, c.value}, nil, &out, &out); code != exitFailure || out.String() != c.want {
			t.Errorf("%s %s: exit code %d, %s", c.flag, c.value, code, &out)
		}
	}
}
