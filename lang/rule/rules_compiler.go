package rule

// The rules of package compiler, from HA050: what the parts of a configuration
// mean together.
var (
	UnknownMember    = Rule{"HA050", Error, "Unknown host in member"}
	NotAMember       = Rule{"HA051", Error, "Host outside the cluster"}
	HostTwice        = Rule{"HA052", Error, "Host named twice"}
	UnknownInterface = Rule{"HA053", Error, "Unknown interface"}
	NoInterface      = Rule{"HA054", Error, "No interface"}
	SplitMembers     = Rule{"HA055", Error, "Members on different segments"}
	SingleHost       = Rule{"HA056", Warning, "Cluster of one host"}
	LoopbackRouter   = Rule{"HA057", Error, "Router on the loopback interface"}
	NoVip            = Rule{"HA058", Warning, "Cluster without a vip"}

	DuplicateVRID  = Rule{"HA060", Error, "VRID used twice on one segment"}
	SuspectVRID    = Rule{"HA061", Warning, "VRID used twice, perhaps on one segment"}
	DuplicateVIP   = Rule{"HA062", Error, "Address in two vips of one segment"}
	RepeatedVIP    = Rule{"HA063", Error, "Address listed twice"}
	AddressOfHost  = Rule{"HA064", Error, "Address belongs to a host"}
	OwnerWithout   = Rule{"HA065", Error, "Owner without the address"}
	HostsCollide   = Rule{"HA066", Error, "Host address used twice on one segment"}
	NotAssignable  = Rule{"HA067", Error, "Address that no host can have"}
	OutsideSubnets = Rule{"HA068", Warning, "Address outside the known subnets"}
	AdvertFull     = Rule{"HA069", Warning, "More addresses than one advert carries"}

	EqualPriorities  = Rule{"HA070", Error, "Equal priorities"}
	SomePriorities   = Rule{"HA071", Error, "Priority missing"}
	ForeignPriority  = Rule{"HA072", Error, "Neighbour without a priority"}
	OwnerAndPriority = Rule{"HA073", Error, "Owner with a priority"}
	SeveralOwners    = Rule{"HA074", Error, "More than one owner"}
	OwnerPreempts    = Rule{"HA075", Error, "Owner that must not preempt"}
	OrderContradicts = Rule{"HA076", Error, "Preference contradicts priorities"}
	NoRoom           = Rule{"HA077", Error, "No room for distinct priorities"}
	LittleRoom       = Rule{"HA078", Warning, "Priorities close together"}

	IntervalRange  = Rule{"HA080", Error, "Interval that the version cannot carry"}
	ShortInterval  = Rule{"HA081", Warning, "Very short interval"}
	IPv6InVersion2 = Rule{"HA082", Error, "IPv6 in version 2"}
	DelayUnused    = Rule{"HA083", Error, "Delay without delayed preemption"}
	DelayMissing   = Rule{"HA084", Error, "Delayed preemption without a delay"}
	UnknownPeer    = Rule{"HA085", Error, "Unicast without an address"}
	WrongSource    = Rule{"HA086", Error, "Source that the host does not have"}
	UnusableSource = Rule{"HA087", Error, "Unusable source"}
	NotAGroup      = Rule{"HA088", Error, "Not a multicast group"}
	GroupUnused    = Rule{"HA089", Error, "Multicast group in unicast"}

	PassInVersion3   = Rule{"HA090", Error, "Password in version 3"}
	LongPassword     = Rule{"HA091", Error, "Password too long"}
	ClearText        = Rule{"HA092", Warning, "Clear-text authentication"}
	RejectedChecksum = Rule{"HA093", Warning, "Checksum that keepalived rejects"}
	WithoutEffect    = Rule{"HA094", Error, "Attribute without effect"}

	OwnerSource = Rule{"HA095", Error, "Owner without an address to send from"}
	BrokenPlan  = Rule{"HA096", Error, "Plan that no agent would take"}
)

var _ = register(
	UnknownMember, NotAMember, HostTwice, UnknownInterface, NoInterface, SplitMembers, SingleHost, LoopbackRouter, NoVip,
	DuplicateVRID, SuspectVRID, DuplicateVIP, RepeatedVIP, AddressOfHost, OwnerWithout, HostsCollide, NotAssignable, OutsideSubnets, AdvertFull,
	EqualPriorities, SomePriorities, ForeignPriority, OwnerAndPriority, SeveralOwners, OwnerPreempts, OrderContradicts, NoRoom, LittleRoom,
	IntervalRange, ShortInterval, IPv6InVersion2, DelayUnused, DelayMissing, UnknownPeer, WrongSource, UnusableSource, NotAGroup, GroupUnused,
	PassInVersion3, LongPassword, ClearText, RejectedChecksum, WithoutEffect, OwnerSource, BrokenPlan,
)
