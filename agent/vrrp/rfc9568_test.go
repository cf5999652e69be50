package vrrp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"
)

// One test for each claim of RFC 9568 that this package has to keep, named by
// section; those of RFC 3768 where version 2 differs. The local router is
// 10.0.0.5 with priority 100 and an interval of 1 s; it protects 10.0.0.254.

const (
	localSkew = 156 * time.Second / 256
	localDown = 3*time.Second + localSkew
)

func Test_5_2_4_PriorityZeroIsAnnouncedOnReleaseOnly(t *testing.T) {
	r := localActive(local())
	for range 3 {
		for _, effect := range r.Step(r.Deadline(), Timeout{}).Effects {
			if effect == (SendAdvert{Priority: 0}) {
				t.Error("a working Active router sends priority 0")
			}
		}
	}
	does(t, r.Step(r.Deadline(), Shutdown{Cause: "test"}), `
		Active -> Initialize (6.4.3: test)
		send advert priority=0
		disown 10.0.0.254`)
}

func Test_5_2_4_OwnerHasPriority255(t *testing.T) {
	c := local()
	c.Priority = Owner
	r := New(c)
	r.Step(0, Priority{Effective: 100, Cause: "test"})
	if r.Priority() != Owner {
		t.Errorf("the owner's priority became %d", r.Priority())
	}
}

func Test_6_1_SkewTime(t *testing.T) {
	for _, c := range []struct {
		version  int
		priority uint8
		interval time.Duration
		want     time.Duration
	}{
		{3, 100, time.Second, 609375 * time.Microsecond},
		{3, 100, 100 * time.Millisecond, 60937500 * time.Nanosecond},
		{3, 254, time.Second, 7812500 * time.Nanosecond},
		{3, 1, 40950 * time.Millisecond, 255 * 40950 * time.Millisecond / 256},
		{3, Owner, time.Second, time.Second / 256},
		// RFC 3768 section 6.1: in seconds, whatever the interval.
		{2, 100, time.Second, 609375 * time.Microsecond},
		{2, 100, 255 * time.Second, 609375 * time.Microsecond},
		{2, 254, 10 * time.Second, 7812500 * time.Nanosecond},
	} {
		l := local()
		l.Version, l.Priority, l.Interval = c.version, c.priority, c.interval
		r := New(l)
		if got := r.skewTime(); got != c.want {
			t.Errorf("version %d, priority %d, interval %v: Skew_Time %v, want %v", c.version, c.priority, c.interval, got, c.want)
		}
		if got, want := r.activeDownInterval(), 3*c.interval+c.want; got != want {
			t.Errorf("version %d, priority %d, interval %v: Active_Down_Interval %v, want %v", c.version, c.priority, c.interval, got, want)
		}
	}
}

func Test_6_1_OwnerAlwaysPreempts(t *testing.T) {
	for _, mode := range []Preempt{PreemptDelayed, PreemptNever} {
		c := local()
		c.Priority, c.Preempt, c.PreemptDelay = Owner, mode, time.Minute
		r := New(c)
		r.Step(0, Startup{Primary: addr("10.0.0.5")})
		r.Step(0, advert("10.0.0.6", 255)) // it loses to another owner first
		before := r.Deadline()
		does(t, r.Step(Instant(time.Second), advert("10.0.0.4", 200)), "")
		if r.Deadline() != before {
			t.Errorf("mode %d: a lower advert moved the owner's Active_Down_Timer", mode)
		}
	}
}

func Test_6_4_1_OwnerBecomesActive(t *testing.T) {
	c := local()
	c.Priority = Owner
	r := New(c)
	does(t, r.Step(0, Startup{Primary: addr("10.0.0.254")}), `
		Initialize -> Active (6.4.1: started as owner of the addresses)
		send advert priority=255
		own 10.0.0.254
		announce 10.0.0.254`)
	timer(t, r, time.Second) // Adver_Timer := Advertisement_Interval
}

func Test_6_4_1_OthersBecomeBackup(t *testing.T) {
	r := New(local())
	does(t, r.Step(0, Startup{Primary: addr("10.0.0.5")}), `
		Initialize -> Backup (6.4.1: started)`)
	timer(t, r, localDown) // with Active_Adver_Interval := Advertisement_Interval
	if r.Primary() != addr("10.0.0.5") {
		t.Errorf("primary address %v", r.Primary())
	}
}

func Test_6_4_1_NothingButStartupCounts(t *testing.T) {
	for _, in := range []Input{
		Shutdown{}, Yield{}, advert("10.0.0.6", 0), advert("10.0.0.6", 50), advert("10.0.0.6", 255),
		Announced{addr("10.0.0.254")}, Priority{Effective: 50}, Primary{addr("10.0.0.7")}, Reconfigure{Config: local(), Effective: 100}, Stay{}, Early{time.Hour}, Timeout{},
	} {
		r := New(local())
		does(t, r.Step(Instant(time.Hour), in), "")
		if r.State() != Initialize || r.Deadline() != Never {
			t.Errorf("%T: %v, deadline %v", in, r.State(), r.Deadline())
		}
	}
}

func Test_6_4_2_BackupHasNoAddress(t *testing.T) {
	if owned := localBackup(local()).Owned(); len(owned) != 0 {
		t.Errorf("a Backup owns %v", owned)
	}
}

func Test_6_4_2_Shutdown(t *testing.T) {
	r := localBackup(local())
	r.Step(1, advert("10.0.0.6", 200))
	does(t, r.Step(2, Shutdown{Cause: "test"}), `
		Backup -> Initialize (6.4.2: test)`)
	if r.Deadline() != Never || r.ActivePeer().IsValid() {
		t.Errorf("after the end: deadline %v, Active router %v", r.Deadline(), r.ActivePeer())
	}
}

func Test_6_4_2_ActiveDownTimerFires(t *testing.T) {
	r := localBackup(local())
	does(t, r.Step(Instant(localDown-1), Timeout{}), "")
	does(t, r.Step(Instant(localDown), Timeout{}), `
		Backup -> Active (6.4.2: no advert heard for 3.609s)
		send advert priority=100
		own 10.0.0.254
		announce 10.0.0.254`)
	timer(t, r, localDown+time.Second)
	if r.Since() != Instant(localDown) || r.Cause() != "no advert heard for 3.609s" {
		t.Errorf("Active since %v: %s", r.Since(), r.Cause())
	}
}

func Test_6_4_2_PriorityZeroSetsSkewTime(t *testing.T) {
	r := localBackup(local())
	does(t, r.Step(Instant(time.Second), advert("10.0.0.6", 0)), "")
	timer(t, r, time.Second+localSkew)
	if r.ActivePeer().IsValid() {
		t.Errorf("%v has left and is still the Active router", r.ActivePeer())
	}
}

func Test_6_4_2_GreaterOrEqualPriorityIsFollowed(t *testing.T) {
	for _, priority := range []uint8{100, 101, 255} {
		r := localBackup(local())
		in := advert("10.0.0.4", priority)
		in.Interval = 2 * time.Second // Active_Adver_Interval := Max Advertise Interval
		does(t, r.Step(Instant(time.Second), in), "")
		timer(t, r, time.Second+2*localDown)
		if r.ActivePeer() != addr("10.0.0.4") {
			t.Errorf("priority %d: Active router is %v", priority, r.ActivePeer())
		}
	}
}

func Test_6_4_2_LowerPriorityIsDiscarded(t *testing.T) {
	r := localBackup(local())
	in := advert("10.0.0.6", 99)
	in.Interval = 2 * time.Second
	does(t, r.Step(Instant(time.Second), in), "")
	timer(t, r, localDown)
}

func Test_6_4_2_LowerPriorityIsFollowedWithoutPreemptMode(t *testing.T) {
	c := local()
	c.Preempt = PreemptNever
	r := localBackup(c)
	in := advert("10.0.0.6", 1)
	in.Interval = 2 * time.Second
	does(t, r.Step(Instant(time.Second), in), "")
	timer(t, r, time.Second+2*localDown)
}

func Test_6_4_3_ActiveHasTheAddresses(t *testing.T) {
	r := localBackup(local())
	r.Step(1, advert("10.0.0.6", 50)) // discarded, but heard
	r.Step(r.Deadline(), Timeout{})
	if owned := r.Owned(); len(owned) != 1 || owned[0] != addr("10.0.0.254") {
		t.Errorf("an Active router owns %v", owned)
	}
	if r.ActivePeer().IsValid() {
		t.Errorf("an Active router has a peer %v", r.ActivePeer())
	}
}

func Test_6_4_3_Shutdown(t *testing.T) {
	r := localActive(local())
	does(t, r.Step(r.Since(), Shutdown{Cause: "test"}), `
		Active -> Initialize (6.4.3: test)
		send advert priority=0
		disown 10.0.0.254`)
	if r.Deadline() != Never {
		t.Error("the Adver_Timer is not cancelled")
	}
}

func Test_6_4_3_AdverTimerFires(t *testing.T) {
	r := localActive(local())
	does(t, r.Step(Instant(localDown+time.Second), Timeout{}), `
		send advert priority=100`)
	timer(t, r, localDown+2*time.Second)
}

func Test_6_4_3_PriorityZeroIsAnsweredAndResetsAdverTimer(t *testing.T) {
	r := localActive(local())
	does(t, r.Step(Instant(4*time.Second), advert("10.0.0.6", 0)), `
		send advert priority=100`)
	timer(t, r, 5*time.Second)
}

func Test_6_4_3_GreaterPriorityOrAddressWins(t *testing.T) {
	for _, in := range []Advert{
		advert("10.0.0.4", 101),
		advert("10.0.0.4", 255),
		advert("10.0.0.6", 100),
		advert("200.0.0.1", 100), // unsigned
	} {
		r := localActive(local())
		in.Interval = 2 * time.Second
		result := r.Step(Instant(4*time.Second), in)
		if r.State() != Backup || len(r.Owned()) != 0 || r.ActivePeer() != in.Source {
			t.Errorf("%+v: %v, owns %v, Active router %v; did %v", in, r.State(), r.Owned(), r.ActivePeer(), result.Effects)
		}
		timer(t, r, 4*time.Second+2*localDown)
	}
}

func Test_6_4_3_OthersAreDiscardedAndAnswered(t *testing.T) {
	for _, in := range []Advert{
		advert("10.0.0.6", 99),
		advert("10.0.0.4", 100),
		advert("10.0.0.5", 100), // as great: not greater
	} {
		r := localActive(local())
		does(t, r.Step(Instant(4*time.Second), in), `
			send advert priority=100
			announce 10.0.0.254`)
		timer(t, r, localDown+time.Second) // the Adver_Timer runs on
	}
}

// Not in the RFC: once in an interval, the answer comes with an announcement.
func Test_6_4_3_ClaimsOfOthersAreRepairedOnceAnInterval(t *testing.T) {
	r := localActive(local())
	r.Step(r.Deadline(), Timeout{})
	now := Instant(localDown + time.Second)
	does(t, r.Step(now, advert("10.0.0.6", 99)), `
		send advert priority=100
		announce 10.0.0.254`)
	does(t, r.Step(now.Add(time.Second-1), advert("10.0.0.6", 99)), `
		send advert priority=100`)
	does(t, r.Step(now.Add(time.Second), advert("10.0.0.6", 99)), `
		send advert priority=100
		announce 10.0.0.254`)
}

func Test_7_1_IntervalOfZeroIsDiscarded(t *testing.T) {
	for _, interval := range []time.Duration{0, -time.Second, maxInterval + 1} {
		in := advert("10.0.0.6", 200)
		in.Interval = interval
		r := localActive(local())
		does(t, r.Step(Instant(4*time.Second), in), "")
		r = localBackup(local())
		does(t, r.Step(Instant(time.Second), in), "")
		timer(t, r, localDown)
	}
}

// Not in the RFC: while a cluster changes its interval, the longest counts.
func TestVersionTwoAwaitsTheSlowest(t *testing.T) {
	for _, awaits := range []time.Duration{0, time.Second, 5 * time.Second} {
		c := local()
		c.Version, c.Awaits = 2, awaits
		r := New(c)
		res := r.Step(0, Startup{Primary: addr("10.0.0.5")})
		if want := Instant(3*max(time.Second, awaits) + localSkew); res.Deadline != want {
			t.Errorf("awaits %v: deadline %v, want %v", awaits, res.Deadline, want)
		}
	}
}

func Test_RFC3768_6_1_VersionTwoLearnsNoInterval(t *testing.T) {
	c := local()
	c.Version, c.Interval = 2, 3*time.Second
	r := localBackup(c)
	r.Step(Instant(time.Second), advert("10.0.0.6", 200)) // says 1 s
	timer(t, r, time.Second+9*time.Second+localSkew)
	r.Step(Instant(2*time.Second), advert("10.0.0.6", 0))
	timer(t, r, 2*time.Second+localSkew)
}

func TestAddressesCompareAsUnsignedNumbers(t *testing.T) {
	ordered := []string{"1.2.3.4", "10.0.0.9", "10.0.0.10", "10.0.1.0", "127.255.255.255", "128.0.0.0", "255.0.0.1"}
	ordered6 := []string{"2001:db8::1", "2001:db8::a", "2001:db8:0:1::", "fe80::1%eth1", "fe80::2%eth0", "ff00::"}
	for _, list := range [][]string{ordered, ordered6} {
		for i, a := range list {
			for j, b := range list {
				if got := greater(addr(a), addr(b)); got != (i > j) {
					t.Errorf("%s greater than %s: %v", a, b, got)
				}
			}
		}
	}
	if greater(addr("fe80::1%eth1"), addr("fe80::1")) || greater(addr("::ffff:10.0.0.1"), addr("10.0.0.1")) {
		t.Error("the notation of an address counts")
	}
}

func TestBrokenContractsPanic(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"version", func() { c := local(); c.Version = 4; New(c) }},
		{"priority", func() { c := local(); c.Priority = 0; New(c) }},
		{"interval", func() { c := local(); c.Interval = 0; New(c) }},
		{"delay", func() { c := local(); c.Preempt = PreemptDelayed; New(c) }},
		{"addresses", func() { c := local(); c.Addresses = nil; New(c) }},
		{"effective priority 0", func() { New(local()).Step(0, Priority{Effective: 0}) }},
		{"effective priority 255", func() { New(local()).Step(0, Priority{Effective: Owner}) }},
		{"another version", func() { c := local(); c.Version = 2; New(local()).Step(0, Reconfigure{Config: c, Effective: 100}) }},
		{"reconfigured to 0", func() { New(local()).Step(0, Reconfigure{Config: local()}) }},
		{"reconfigured to 255", func() { New(local()).Step(0, Reconfigure{Config: local(), Effective: Owner}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.HasPrefix(text, "vrrp: ") {
					t.Errorf("panic with %q", text)
				}
			}()
			c.do()
		})
	}
}

func TestAddressesAreTheRoutersOwn(t *testing.T) {
	c := local()
	r := localActive(c)
	c.Addresses[0] = addr("10.0.0.1")
	r.Owned()[0] = addr("10.0.0.2")
	does(t, r.Step(r.Since(), Shutdown{Cause: "test"}), `
		Active -> Initialize (6.4.3: test)
		send advert priority=0
		disown 10.0.0.254`)
	does(t, r.Step(r.Since(), Startup{Primary: addr("10.0.0.5")}), `
		Initialize -> Backup (6.4.1: started)`)
	r.Step(r.Deadline(), Timeout{})
	if owned := r.Owned(); owned[0] != addr("10.0.0.254") {
		t.Errorf("it owns %v", owned)
	}
}

// local is the configuration of the local router.
func local() Config {
	return Config{Version: 3, Priority: 100, Interval: time.Second, Addresses: []netip.Addr{addr("10.0.0.254")}}
}

// localBackup returns a router that was started at 0.
func localBackup(c Config) *Router {
	r := New(c)
	r.Step(0, Startup{Primary: addr("10.0.0.5")})
	return r
}

// localActive returns a router that took over at the end of its
// Active_Down_Interval.
func localActive(c Config) *Router {
	r := localBackup(c)
	r.Step(r.Deadline(), Timeout{})
	return r
}

func advert(source string, priority uint8) Advert {
	return Advert{Source: addr(source), Priority: priority, Interval: time.Second}
}

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

// does checks the effects of a step against their words, line by line.
func does(t *testing.T, got Result, want string) {
	t.Helper()
	var words, lines strings.Builder
	for _, effect := range got.Effects {
		words.WriteString(describe(effect) + "\n")
	}
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines.WriteString(line + "\n")
		}
	}
	if diff := udiff.Unified("want", "got", lines.String(), words.String()); diff != "" {
		t.Error("\n" + diff)
	}
}

// timer checks when the next timer of r fires.
func timer(t *testing.T, r *Router, want time.Duration) {
	t.Helper()
	if got := r.Deadline(); got != Instant(want) {
		t.Errorf("the timer fires at %v, want %v", got, want)
	}
}
