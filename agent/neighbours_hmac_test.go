package agent_test

import (
	"fmt"
	"testing"

	"hactl/schemas/plan"
)

// authHMAC is keepalived's block of the keys that signs has.
func authHMAC(mode string, ids ...int) string {
	text := "auth_hmac {\n"
	for _, id := range ids {
		text += fmt.Sprintf("  key %d %s\n", id, hmacKey(id).Secret)
	}
	return text + fmt.Sprintf("  active_key %d\n  mode %s\n }\n", ids[0], mode)
}

// keepalived 2.4.2 and later, and hactl, hear each other's signed adverts, in
// every version, family and mode, and each takes over from the other.
func TestKeepalivedHMAC(t *testing.T) {
	t.Parallel()
	for _, tr := range transports {
		for _, preferred := range []string{us, them} {
			t.Run(fmt.Sprintf("%v/%s active", tr, speaks[preferred]), func(t *testing.T) {
				t.Parallel()
				s := setup{transport: tr, preferred: preferred, theirs: authHMAC("enforce", 1), ours: signs(plan.Enforce, 1)}
				needWord(t, s.config(), "auth_hmac")
				dieAndReturn(t, s, preferred)
			})
		}
	}
}

// A key that keepalived signs by, and that we do not sign by, is accepted, and the
// reverse: that is how a key is changed.
func TestKeepalivedHMACOfAnotherKey(t *testing.T) {
	t.Parallel()
	for _, preferred := range []string{us, them} {
		t.Run(speaks[preferred]+" active", func(t *testing.T) {
			t.Parallel()
			s := setup{transport: transports[3], preferred: preferred, theirs: authHMAC("enforce", 2, 1), ours: signs(plan.Enforce, 1, 2)}
			needWord(t, s.config(), "auth_hmac")
			dieAndReturn(t, s, preferred)
		})
	}
}

// While one of the two does not sign yet, or has no keys, they hear each other as
// long as the other one does not insist.
func TestKeepalivedHMACIsTakenUp(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]struct {
		theirs string
		ours   func(*plan.Router)
	}{
		"keepalived listens, we have no keys":  {authHMAC("receive-only", 1), func(*plan.Router) {}},
		"keepalived signs, we listen":          {authHMAC("permissive", 1), signs(plan.ReceiveOnly, 1)},
		"keepalived listens, we sign":          {authHMAC("receive-only", 1), signs(plan.Permissive, 1)},
		"keepalived has no keys, we listen":    {"", signs(plan.ReceiveOnly, 1)},
		"keepalived insists, we sign":          {authHMAC("enforce", 1), signs(plan.Permissive, 1)},
		"keepalived signs and we insist on it": {authHMAC("permissive", 1), signs(plan.Enforce, 1)},
	} {
		for _, preferred := range []string{us, them} {
			t.Run(name+"/"+speaks[preferred]+" active", func(t *testing.T) {
				t.Parallel()
				s := setup{transport: transports[3], preferred: preferred, theirs: step.theirs, ours: step.ours}
				needWord(t, s.config(), "auth_hmac")
				dieAndReturn(t, s, preferred)
			})
		}
	}
}
