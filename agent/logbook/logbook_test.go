package logbook

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

// read returns what a book writes of what log logs, without times.
func read(t *testing.T, f Format, log func(*slog.Logger)) string {
	t.Helper()
	var out bytes.Buffer
	b := New(&out, f)
	log(b.Logger())
	ended, stop := context.WithCancel(t.Context())
	stop()
	b.Run(ended)
	return regexp.MustCompile(`("time":"[^"]*",|time=\S+ )`).ReplaceAllString(out.String(), "")
}

// everything logs a line of each level.
func everything(l *slog.Logger) {
	l.Debug("details")
	l.Info("router changed state", "router", "web/public/ipv4", "cause", "no advert")
	l.With("interface", "eth0").Warn("a socket failed")
	l.WithGroup("store").Error("cannot write", "error", "disk full")
}

func TestFormats(t *testing.T) {
	for _, c := range []struct {
		name   string
		format Format
		want   string
	}{
		{"text", Format{}, `
level=INFO msg="router changed state" router=web/public/ipv4 cause="no advert"
level=WARN msg="a socket failed" interface=eth0
level=ERROR msg="cannot write" store.error="disk full"
`},
		{"JSON, warnings", Format{JSON: true, Least: slog.LevelWarn}, `
{"level":"WARN","msg":"a socket failed","interface":"eth0"}
{"level":"ERROR","msg":"cannot write","store":{"error":"disk full"}}
`},
		{"under systemd", Format{Priority: true, Least: slog.LevelDebug}, `
<7>level=DEBUG msg=details
<6>level=INFO msg="router changed state" router=web/public/ipv4 cause="no advert"
<4>level=WARN msg="a socket failed" interface=eth0
<3>level=ERROR msg="cannot write" store.error="disk full"
`},
	} {
		if got := "\n" + read(t, c.format, everything); got != c.want {
			t.Errorf("%s: got%s, want%s", c.name, got, c.want)
		}
	}
}

// Whoever ends the process waits for the last lines, but not for ever.
func TestFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &stuck{letGo: make(chan struct{})}
		b := New(out, Format{})
		ctx, stop := context.WithCancel(t.Context())
		go b.Run(ctx)
		began := time.Now()
		b.Flush(time.Second) // nothing has been logged
		if took := time.Since(began); took > 0 {
			t.Errorf("it waited %v for nothing", took)
		}
		b.Logger().Info("first")
		b.Flush(time.Second)
		if took := time.Since(began); took != time.Second {
			t.Errorf("it waited %v for an output that is stuck", took)
		}
		close(out.letGo)
		b.Logger().Info("second")
		b.Flush(time.Hour)
		if took := time.Since(began); took != time.Second || strings.Count(out.text.String(), "\n") != 2 {
			t.Errorf("after %v it is written:\n%s", took, &out.text)
		}
		stop()
	})
}

// line is what is looked at of one.
type line struct {
	N     int
	Lines int // that were lost
}

// A pipe that nobody reads holds nobody up. Who comes to read it late gets the
// oldest lines, and is told how many are missing, and where.
func TestFullPipe(t *testing.T) {
	defer goleak.VerifyNone(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := New(w, Format{JSON: true})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { b.Run(ctx); w.Close(); close(ended) }()

	const all = 20000 // more than the pipe and the queue can hold
	log := b.Logger()
	for n := range all {
		log.Info("line", "n", n+1)
	}
	if b.Dropped() == 0 {
		t.Fatal("nothing was lost: the pipe is not full")
	}
	stop()
	seen, lost, next := 0, 0, 1
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("%v: %s", err, lines.Bytes())
		}
		if l.Lines > 0 {
			lost, next = lost+l.Lines, next+l.Lines
			continue
		}
		if l.N != next {
			t.Fatalf("line %d comes where %d should", l.N, next)
		}
		seen, next = seen+1, next+1
	}
	<-ended
	if seen+lost != all || uint64(lost) != b.Dropped() {
		t.Errorf("of %d lines %d were read, %d are said to be lost, %d were", all, seen, lost, b.Dropped())
	}
}

// stuck is an output that takes nothing until it is let go.
type stuck struct {
	letGo chan struct{}
	text  bytes.Buffer
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.letGo
	return s.text.Write(p)
}

// What was lost is told where it is missing: before the next line that was taken,
// or at the end when none was.
func TestLossIsToldInItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &stuck{letGo: make(chan struct{})}
		b := New(out, Format{})
		ctx, stop := context.WithCancel(t.Context())
		go b.Run(ctx)
		log := b.Logger()
		log.Info("first") // is being written
		synctest.Wait()
		for n := range capacity + 3 {
			log.Info(fmt.Sprint("then ", n)) // three too many
		}
		out.letGo <- struct{}{} // makes room for one
		synctest.Wait()
		log.Info("after three lost")
		log.Info("one more lost")
		close(out.letGo)
		synctest.Wait()
		var told []string
		for _, l := range strings.Split(out.text.String(), "\n") {
			if strings.Contains(l, "lost") {
				told = append(told, l[strings.Index(l, "msg="):])
			}
		}
		want := []string{
			`msg="lines of this log were lost: whoever reads it was too slow" lines=3`,
			`msg="after three lost"`,
			`msg="lines of this log were lost: whoever reads it was too slow" lines=1`,
		}
		if strings.Join(told, "\n") != strings.Join(want, "\n") {
			t.Errorf("told\n%s", strings.Join(told, "\n"))
		}
		stop()
	})
}
