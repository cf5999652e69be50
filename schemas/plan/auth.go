package plan

// Auth is the authentication of adverts. Type "pass" has exactly one of Secret
// and SecretFile, type "hmac-sha256" exactly the other fields, in both versions.
type Auth struct {
	Type       string `json:"type"`                  // AuthPass or AuthHMAC
	Secret     string `json:"secret,omitempty"`      // 1 to 8 bytes, clear text; a plan that holds one is for its owner's eyes
	SecretFile string `json:"secret_file,omitempty"` // absolute path on the host; its first line without the line end is the secret

	Active int       `json:"active,omitempty"` // the ID of the key that signs what is sent
	Keys   []Key     `json:"keys,omitempty"`   // sorted by ID, each once, Active among them; each is accepted
	Accept Enforcing `json:"accept,omitempty"`
}

// The two types.
const (
	AuthPass = "pass"        // version 2 only (RFC 2338 section 5.3.6)
	AuthHMAC = "hmac-sha256" // 28 bytes behind each advert, which a key has signed
)

// Key is one HMAC key. Exactly one of Secret and SecretFile is set.
type Key struct {
	ID         int    `json:"id"`                    // 1..255
	Secret     string `json:"secret,omitempty"`      // the key itself, 32 to 64 bytes; a plan that holds one is for its owner's eyes
	SecretFile string `json:"secret_file,omitempty"` // absolute path on the host; its first line without the line end is the key, or the digits of it behind "hex:"
}

// Enforcing says what becomes of adverts that no key has signed.
type Enforcing string

// The three choices, in the order in which a cluster takes HMAC up.
const (
	ReceiveOnly Enforcing = "receive-only" // taken; own adverts are not signed
	Permissive  Enforcing = "permissive"   // taken; own adverts are signed
	Enforce     Enforcing = "enforce"      // dropped
)
