package rule

// The rules of package compiler about what goes along with a vip, from HA130:
// who hears of it, routes, keys and upgrades.
var (
	UnusedTarget   = Rule{"HA130", Warning, "Notify block that nothing names"}
	LoginInClear   = Rule{"HA131", Warning, "Password sent in clear text"}
	HalfLogin      = Rule{"HA132", Error, "Incomplete login"}
	MailSecurity   = Rule{"HA133", Error, "Scheme and security contradict"}
	UnheardCommand = Rule{"HA134", Error, "Command for a state that is not told"}

	BadLabel     = Rule{"HA140", Error, "Label that the kernel refuses"}
	NoFamily     = Rule{"HA141", Error, "Route of a family without addresses"}
	NoGateway    = Rule{"HA142", Error, "Default route without a gateway"}
	FarGateway   = Rule{"HA143", Warning, "Gateway outside the known subnets"}
	RouteTwice   = Rule{"HA144", Error, "Route or rule twice"}
	ShortRefresh = Rule{"HA145", Error, "Very short time between announcements"}
	ForeignLabel = Rule{"HA146", Warning, "Label without the interface's name"}

	KeyLength    = Rule{"HA150", Error, "Key of the wrong length"}
	ActiveKey    = Rule{"HA151", Error, "No active key"}
	KeysOfPass   = Rule{"HA152", Error, "Word of another authentication"}
	OldNeighbour = Rule{"HA153", Info, "Neighbour that may not know HMAC"}

	NobodyToUpgrade = Rule{"HA155", Error, "Upgrade without hosts"}
	AllAtOnce       = Rule{"HA156", Error, "Upgrade that stops every host"}
	SameFile        = Rule{"HA157", Error, "Release lies at the place that it is for"}
	BinaryTwice     = Rule{"HA158", Error, "File of two upgrades"}
	NoneToSpare     = Rule{"HA159", Error, "Upgrade that leaves no host to spare"}
	OwnerDrained    = Rule{"HA160", Error, "Drain of a host's own addresses"}
)

var _ = register(
	UnusedTarget, LoginInClear, HalfLogin, MailSecurity, UnheardCommand,
	BadLabel, NoFamily, NoGateway, FarGateway, RouteTwice, ShortRefresh, ForeignLabel,
	KeyLength, ActiveKey, KeysOfPass, OldNeighbour,
	NobodyToUpgrade, AllAtOnce, SameFile, BinaryTwice, NoneToSpare, OwnerDrained,
)
