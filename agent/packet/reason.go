package packet

// Reason is why a received packet is dropped. It is an error; its String is a
// short stable word for counters. A packet is dropped for the first reason found,
// and a Backup's Active_Down_Timer keeps running.
type Reason uint8

// The reasons, in the order in which Parse (up to BadChecksum), Check (up to
// UnknownPeer), Replay and Verify look for them. Parse also finds a BadSignature
// when what follows the advert is none at all.
const (
	_              Reason = iota
	BadLength             // shorter than its header says, or longer
	BadTTL                // multicast that crossed a router
	BadVersion            // neither 2 nor 3, 2 over IPv6, or not the router's
	BadType               // not an ADVERTISEMENT
	NoAddresses           // the address count is 0
	ZeroInterval          // an advertisement interval of 0
	BadChecksum           // in both forms
	UnknownVRID           // no such router on the interface and family
	OwnSource             // our own advert came back, or somebody uses our address
	BadAuth               // authentication type or password differs (version 2), or it is signed and the router knows no keys
	Unsigned              // without a signature, to a router that demands one
	BadInterval           // interval differs (version 2)
	BadDestination        // multicast to a unicast router or the reverse, or another group
	UnknownPeer           // unicast from an address that is not a peer
	Stale                 // signed at a time that is too far from the clock here
	UnknownKey            // signed by a key with an ID that the router does not have
	BadSignature          // signed by another key of that ID, or changed on its way
	Replayed              // its sequence number is not beyond the sender's last one
	reasonCount
)

// reasons holds the word and the sentence of each Reason.
var reasons = [reasonCount]struct{ word, text string }{
	BadLength:      {"length", "its length does not fit its header"},
	BadTTL:         {"ttl", "a multicast advert with a TTL or hop limit other than 255"},
	BadVersion:     {"version", "another VRRP version"},
	BadType:        {"type", "not an advertisement"},
	NoAddresses:    {"no-addresses", "it lists no address"},
	ZeroInterval:   {"zero-interval", "its advertisement interval is 0"},
	BadChecksum:    {"checksum", "its checksum is wrong"},
	UnknownVRID:    {"vrid", "no such virtual router here"},
	OwnSource:      {"own-source", "it comes from our own address"},
	BadAuth:        {"auth", "its authentication differs"},
	Unsigned:       {"unsigned", "it is not signed"},
	BadInterval:    {"interval", "its advertisement interval differs"},
	BadDestination: {"destination", "it is not sent to our group or our unicast address"},
	UnknownPeer:    {"peer", "its sender is not a configured peer"},
	Stale:          {"stale", "it was signed at a time that is too far from the clock here"},
	UnknownKey:     {"key", "no key here has the number of the one that signed it"},
	BadSignature:   {"signature", "its signature is wrong"},
	Replayed:       {"replay", "it was sent before"},
}

// Reasons returns all reasons, in order.
func Reasons() []Reason {
	all := make([]Reason, 0, reasonCount-1)
	for r := BadLength; r < reasonCount; r++ {
		all = append(all, r)
	}
	return all
}

// String returns the reason in one stable word, "ttl".
func (r Reason) String() string { return reasons[r].word }

// Error returns the reason as a sentence.
func (r Reason) Error() string { return "advert dropped: " + reasons[r].text }
