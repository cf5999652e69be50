package rule

// The rules of package compiler about checks, what is tracked and how vips move
// together, from HA100.
var (
	TrackTwice      = Rule{"HA100", Error, "Tracked twice"}
	EffectAndWeight = Rule{"HA101", Error, "Effect and weight"}
	ZeroWeight      = Rule{"HA102", Error, "Weight of zero"}
	OwnInterface    = Rule{"HA103", Error, "Track of the own interface"}
	OwnerStays      = Rule{"HA104", Warning, "Owner that keeps its addresses"}
	NoSuccessor     = Rule{"HA105", Warning, "Track without a successor"}
	IdleWeight      = Rule{"HA106", Warning, "Weight that never moves the address"}
	OverruledDemote = Rule{"HA107", Warning, "Weight that outweighs a failure"}
	NoRoomForWeight = Rule{"HA108", Warning, "No room for a weight"}
	HeldBack        = Rule{"HA109", Warning, "Preemption that holds a failover back"}

	OwnInUnit = Rule{"HA110", Error, "Setting of one vip of a unit"}

	UndeclaredTrack = Rule{"HA111", Warning, "Tracked interface that is not declared"}

	UnusedCheck    = Rule{"HA115", Warning, "Check that nothing uses"}
	LongTimeout    = Rule{"HA116", Warning, "Timeout longer than the interval"}
	LongJitter     = Rule{"HA117", Error, "Jitter longer than the interval"}
	UnusedByProbe  = Rule{"HA118", Error, "Attribute that the probe does not use"}
	NothingBetween = Rule{"HA119", Error, "Minimum above the maximum"}
	NeedsShell     = Rule{"HA120", Warning, "Command that needs a shell"}
	ShellWords     = Rule{"HA121", Warning, "Words that the shell does not run"}
	AsksItself     = Rule{"HA122", Warning, "Check of an address that it moves"}
	AllGiveUp      = Rule{"HA123", Warning, "Failure that every host gives up for"}
)

var _ = register(
	TrackTwice, EffectAndWeight, ZeroWeight, OwnInterface, OwnerStays, NoSuccessor,
	IdleWeight, OverruledDemote, NoRoomForWeight, HeldBack,
	OwnInUnit, UndeclaredTrack,
	UnusedCheck, LongTimeout, LongJitter, UnusedByProbe, NothingBetween, NeedsShell, ShellWords,
	AsksItself, AllGiveUp,
)
