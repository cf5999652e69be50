package rehearsal

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
	"time"
)

// Flaw is how a release is broken.
type Flaw string

// The flaws.
const (
	Refuses   Flaw = "refuses"   // it says that the configuration is wrong
	AtOnce    Flaw = "at once"   // its master ends at once
	Soon      Flaw = "soon"      // its master ends after 2 s
	Elsewhere Flaw = "elsewhere" // it does not take over the sockets, and listens on 127.0.0.1:8081
	Silent    Flaw = "silent"    // it never gets as far as its pid file
	Deaf      Flaw = "deaf"      // as Silent, and does not end at QUIT
)

// workerTitle is what nginx calls its workers.
const workerTitle = "nginx: worker process"

// trailer begins what is written behind the end of this program to make it a broken
// release of nginx.
const trailer = "\n#broken "

// Broken is a release of nginx that is broken in one way. What it is asked for on the
// command line, a real nginx answers. It serves nobody.
type Broken struct {
	Flaw    Flaw
	Real    string // path of that nginx
	PIDFile string
}

// Write writes the release to a file: this program, with a few words more.
func (b Broken) Write(path string) error {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	self = fmt.Appendf(self, "%s%s|%s|%s", trailer, b.Flaw, b.Real, b.PIDFile)
	return os.WriteFile(path, self, 0o755)
}

// broken returns the release that this program is, if it is one.
func broken() (b Broken, ok bool) {
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		return b, false
	}
	defer f.Close()
	_, _ = f.Seek(-1024, io.SeekEnd)
	end, _ := io.ReadAll(f)
	_, text, ok := bytes.Cut(end, []byte(trailer))
	words := strings.Split(string(text), "|")
	if !ok || len(words) != 3 {
		return b, false
	}
	return Broken{Flaw(words[0]), words[1], words[2]}, true
}

// play is what the release does, until its end.
func (b Broken) play() int {
	if strings.HasPrefix(os.Args[0], workerTitle) {
		await(ending...)
		return 0
	}
	inherited, started := os.LookupEnv("NGINX")
	switch {
	case !started && b.Flaw == Refuses && slices.Contains(os.Args, "-T"):
		fmt.Fprintln(os.Stderr, `nginx: [emerg] unknown directive "worker_processes" in nginx.conf:3`)
		return 1
	case !started && b.Flaw == AtOnce && slices.Contains(os.Args, "-W") && !slices.Contains(os.Args, "-c"): // as HAProxy's master
		return 1
	case !started:
		fmt.Fprintln(os.Stderr, syscall.Exec(b.Real, append([]string{b.Real}, os.Args[1:]...), os.Environ()))
		return 1
	case b.Flaw == AtOnce:
		return 1
	case b.Flaw == Silent:
		await(ending...)
		return 1
	case b.Flaw == Deaf:
		signal.Ignore(syscall.SIGQUIT)
		await(syscall.SIGTERM)
		return 1
	}
	return b.master(inherited)
}

// master looks like a master of nginx.
func (b Broken) master(inherited string) int {
	if b.Flaw == Elsewhere {
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
	if worker.Start() != nil || os.WriteFile(b.PIDFile, fmt.Appendln(nil, os.Getpid()), 0o644) != nil {
		return 1
	}
	defer os.Remove(b.PIDFile)
	defer worker.Process.Kill()
	if b.Flaw == Soon {
		<-time.After(2 * time.Second)
		return 1
	}
	await(ending...)
	return 0
}
