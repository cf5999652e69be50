package vrrp

// Reason is why a router changed its state, as one of few words: to count by.
// Those for which a Backup becomes Active are those of RFC 6527
// (vrrpv3StatisticsNewMasterReason), and one more for priority 0.
type Reason uint8

// The reasons.
const (
	_         Reason = iota
	Started          // all that it needs is there, section 6.4.1
	Stopped          // something that it needs has gone, or it was told to stop
	Silence          // a Backup has heard no advert for Active_Down_Interval
	PeerLeft         // the Active router sent priority 0
	Preempts         // the Active router has a lower priority
	Outranked        // an Active router has heard a better one
	Leaves           // it was told to leave without a gap: it yields
	Demoted          // its priority fell below what another can have: it yields
	Succeeded        // it has yielded, and another has taken over
	Unclaimed        // it has yielded, and nobody has taken over
	Recovered        // it has yielded, and no longer need do so
	Slept            // it was silent for longer than its neighbours wait
	reasonCount
)

var reasons = [reasonCount]string{
	"", "started", "stopped", "no-advert", "peer-left", "preempts", "outranked", "leaves", "demoted", "succeeded", "unclaimed", "recovered", "slept",
}

// String returns the word for r that counters and reports use, empty for zero.
func (r Reason) String() string { return reasons[r] }

// Reasons returns all of them.
func Reasons() []Reason {
	var all []Reason
	for r := Started; r < reasonCount; r++ {
		all = append(all, r)
	}
	return all
}
