package changeover

import (
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"hactl/agent/program"
	"hactl/agent/upgrade"
)

// A signal reaches the process that is meant, and no later one of its number.
func TestSignalsReachOneProcess(t *testing.T) {
	cmd := exec.Command("/bin/sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p, ok := find(cmd.Process.Pid)
	for end := time.Now().Add(time.Minute); p.title == "" && time.Now().Before(end); p, ok = find(cmd.Process.Pid) {
		<-time.After(time.Millisecond) // the kernel has it a moment after the start
	}
	if !ok || p.parent != os.Getpid() || !strings.HasSuffix(p.title, "sleep 1000") {
		t.Errorf("found %+v", p)
	}
	earlier := p.Process
	earlier.Start--
	for _, to := range []upgrade.Process{earlier, {PID: 1 << 22, Start: 1}} {
		if err := send(upgrade.Send{To: []upgrade.Process{to}, Signal: upgrade.TERM}); err != nil {
			t.Error(err)
		}
	}
	if err := send(upgrade.Send{To: []upgrade.Process{p.Process}, Signal: upgrade.QUIT}); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGQUIT {
		t.Errorf("ended by %v: the signal for another process reached it", err)
	}
	if _, ok := find(p.PID); ok {
		t.Error("found after its end")
	}
}

// One that has ended, and that nobody has waited for, does not run.
func TestEndedIsNotFound(t *testing.T) {
	cmd := exec.Command("/bin/true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; <-time.After(time.Millisecond) {
		if _, ok := find(cmd.Process.Pid); !ok {
			break
		}
		if time.Now().After(end) {
			t.Fatal("found still")
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestNumbered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nginx.pid")
	for text, want := range map[string]int{"123\n": 123, "123": 123, "": 0, "-1\n": 0, "0\n": 0, "nginx\n": 0} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := numbered(path); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if numbered(path+".oldbin") != 0 {
		t.Error("a number of no file")
	}
}

// What a process runs is known by its content, also when the file has gone.
func TestExecutables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sleep")
	data, err := os.ReadFile("/bin/sleep")
	if err == nil {
		err = os.WriteFile(path, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	want, _ := hash(path)
	cmd := exec.Command(path, "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	runs := executables{}
	for range 2 {
		if got := runs.of(cmd.Process.Pid); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		_ = os.Remove(path)
	}
	if len(runs) != 1 {
		t.Errorf("%d files known, want 1", len(runs))
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if got := runs.of(cmd.Process.Pid); got != "" {
		t.Errorf("%q after its end", got)
	}
}

// The title of a master has its arguments without quotes.
func TestArguments(t *testing.T) {
	for title, want := range map[string][]string{
		"/usr/sbin/nginx": nil,
		"/usr/sbin/nginx -g daemon on; master_process on;":          {"-g", "daemon on; master_process on;"},
		"/usr/sbin/nginx -c /etc/nginx.conf -g daemon on; -q -p /x": {"-c", "/etc/nginx.conf", "-g", "daemon on;", "-q", "-p", "/x"},
		"/usr/sbin/nginx -c/etc/nginx.conf -p/srv -gdaemon on; -q":  {"-c", "/etc/nginx.conf", "-p", "/srv", "-g", "daemon on;", "-q"},
		"/usr/sbin/nginx -qc/etc/nginx.conf -qqp /srv -x -":         {"-q", "-c", "/etc/nginx.conf", "-q", "-p", "/srv -x -"},
	} {
		argv0, got := arguments(title)
		if argv0 != "/usr/sbin/nginx" || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q %q, want %q", title, argv0, got, want)
		}
	}
	if argv0, all := arguments(""); argv0 != "" || all != nil {
		t.Errorf("%q %q of nothing", argv0, all)
	}
}

func TestModules(t *testing.T) {
	got := modules(" --with-cc-opt='-g -O2' --prefix=/usr --with-http_ssl_module --with-stream=dynamic --add-module=/src/brotli")
	if want := []string{"--with-http_ssl_module", "--with-stream=dynamic", "--add-module=/src/brotli"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDaemonOff(t *testing.T) {
	for text, want := range map[string]bool{
		"user root;\ndaemon off;\n": true, "daemon on; daemon  off ;": true, "# daemon off;\n": false,
		"daemon on;\n": false, "set $x 1; # daemon off;": false,
	} {
		if got := daemonOff.MatchString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestComplaint(t *testing.T) {
	const said = "nginx: [warn] something\nnginx: [emerg] unknown directive \"http3\" in /etc/nginx.conf:12\nnginx: configuration file /etc/nginx.conf test failed\n"
	if got := complaint(said); got != `unknown directive "http3" in /etc/nginx.conf:12` {
		t.Errorf("%q", got)
	}
}

// The kernel's tables have addresses as words in the machine's order.
func TestAddress(t *testing.T) {
	want := map[string]string{"0100007F:1F90": "127.0.0.1:8080", "00000000000000000000000001000000:0050": "[::1]:80"}
	if !littleEndian {
		want = map[string]string{"7F000001:1F90": "127.0.0.1:8080"}
	}
	for text, told := range want {
		if got := address(text); got != netip.MustParseAddrPort(told) {
			t.Errorf("%s: %v, want %s", text, got, told)
		}
	}
	for _, text := range []string{"", "7F:1", "x:y"} {
		if got := address(text); got.IsValid() {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// A unit outlives its main process only when it finds the next one.
func TestTied(t *testing.T) {
	for properties, want := range map[string]string{
		"Type=forking\nPIDFile=/run/nginx.pid\nMainPID=7\n": "",
		"Type=simple\nPIDFile=\nMainPID=7\n":                "it is the main process of web.service, whose Type is simple",
		"Type=notify\nPIDFile=\nMainPID=7\n":                "it is the main process of web.service, whose Type is notify",
		"Type=forking\nPIDFile=\nMainPID=7\n":               "it is the main process of web.service, which has no PIDFile to find the next one",
		"Type=simple\nPIDFile=\nMainPID=6\n":                "",
	} {
		if got, err := tied("web.service", 7, program.Result{Output: properties}); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", properties, got, err, want)
		}
	}
	silent := program.Result{Err: errors.New("exit status 1"), Output: "\nFailed to connect to bus: Host is down\n"}
	const want = "ask systemd about web.service, which may end with process 7: exit status 1: Failed to connect to bus: Host is down"
	if why, err := tied("web.service", 7, silent); why != "" || err == nil || err.Error() != want {
		t.Errorf("systemd does not answer: %q, %v", why, err)
	}
}

// A master that is process 1 of its namespace ends that with it.
func TestKernelProcessOfAContainer(t *testing.T) {
	asleep := exec.Command("/bin/sleep", "1000")
	asleep.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	if err := asleep.Start(); errors.Is(err, syscall.EPERM) {
		t.Skip("needs root")
	} else if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = asleep.Process.Kill(); _ = asleep.Wait() }()
	i := inspection{Facts: &upgrade.Facts{Master: upgrade.Process{PID: asleep.Process.Pid}}}
	if err := i.surroundings(t.Context()); err != nil || i.Foreground != "it is process 1 of its container" {
		t.Errorf("%q, %v", i.Foreground, err)
	}
}
