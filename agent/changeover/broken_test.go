package changeover

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// trailer begins what is written behind the end of this program to make it a broken
// release of nginx.
const trailer = "\n#broken "

// release is a release of nginx that is broken in one way. What it is asked for on
// the command line, a real nginx answers.
type release struct {
	mode    string // "at once", "soon", "elsewhere" or "refuses"
	real    string // path of that nginx
	pidFile string
}

// write writes the release to a file.
func (r release) write(t *testing.T, path string) {
	t.Helper()
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	self = fmt.Appendf(self, "%s%s|%s|%s", trailer, r.mode, r.real, r.pidFile)
	if err := os.WriteFile(path, self, 0o755); err != nil {
		t.Fatal(err)
	}
}

// broken returns the release that this program is, if it is one.
func broken() (r release, ok bool) {
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		return r, false
	}
	defer f.Close()
	_, _ = f.Seek(-1024, io.SeekEnd)
	end, _ := io.ReadAll(f)
	_, text, ok := bytes.Cut(end, []byte(trailer))
	words := strings.Split(string(text), "|")
	if !ok || len(words) != 3 {
		return r, false
	}
	return release{words[0], words[1], words[2]}, true
}

// play is what the release does, until its end.
func (r release) play() int {
	if strings.HasPrefix(os.Args[0], workerTitle) {
		await(syscall.SIGQUIT, syscall.SIGTERM)
		return 0
	}
	inherited, started := os.LookupEnv("NGINX")
	if !started {
		if r.mode == "refuses" && slices.Contains(os.Args, "-T") {
			fmt.Fprintln(os.Stderr, `nginx: [emerg] unknown directive "worker_processes" in nginx.conf:3`)
			return 1
		}
		fmt.Fprintln(os.Stderr, syscall.Exec(r.real, append([]string{r.real}, os.Args[1:]...), os.Environ()))
		return 1
	}
	if r.mode == "at once" {
		return 1
	}
	return r.master(inherited)
}

// master looks like a master of nginx, but serves nobody.
func (r release) master(inherited string) int {
	if r.mode == "elsewhere" {
		for _, fd := range strings.Split(strings.TrimSuffix(inherited, ";"), ";") {
			n, _ := strconv.Atoi(fd)
			_ = syscall.Close(n)
		}
		l, err := net.Listen("tcp", "127.0.0.1:8081")
		if err != nil {
			return 1
		}
		defer l.Close()
	}
	worker := exec.Command("/proc/self/exe")
	worker.Args = []string{workerTitle}
	if worker.Start() != nil || os.WriteFile(r.pidFile, fmt.Appendln(nil, os.Getpid()), 0o644) != nil {
		return 1
	}
	defer os.Remove(r.pidFile)
	defer worker.Process.Kill()
	if r.mode == "soon" {
		<-time.After(2 * time.Second)
		return 1
	}
	await(syscall.SIGQUIT, syscall.SIGTERM)
	return 0
}

// await waits for one of some signals.
func await(wanted ...os.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, wanted...)
	<-c
}
