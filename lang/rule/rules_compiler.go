package rule

// The rules of package compiler, from HA050: what the parts of a configuration
// mean together. Numbers that are missing here are free, not forgotten.
var (
	// Names and members.
	UnknownMember    = Rule{"HA050", Error, "Unknown host in member"}
	NotAMember       = Rule{"HA051", Error, "Host outside the cluster"}
	HostTwice        = Rule{"HA052", Error, "Host named twice"}
	UnknownInterface = Rule{"HA053", Error, "Unknown interface"}
	NoInterface      = Rule{"HA054", Error, "No interface"}
	NoHosts          = Rule{"HA055", Error, "Cluster without hosts"}
	SingleHost       = Rule{"HA056", Warning, "Cluster of one host"}
	SplitMembers     = Rule{"HA057", Error, "Members on different segments"}

	// VRIDs and addresses.
	DuplicateVRID   = Rule{"HA060", Error, "VRID used twice on one segment"}
	SuspectVRID     = Rule{"HA061", Warning, "VRID used twice, perhaps on one segment"}
	DuplicateVIP    = Rule{"HA062", Error, "Address in two vips of one segment"}
	RepeatedVIP     = Rule{"HA063", Error, "Address listed twice"}
	VIPOfHost       = Rule{"HA064", Error, "Address belongs to a host"}
	OwnerWithout    = Rule{"HA065", Error, "Owner without the address"}
	OutsideSubnets  = Rule{"HA066", Warning, "Address outside the known subnets"}
	NoVRID          = Rule{"HA067", Error, "No VRID"}
	NoAddresses     = Rule{"HA068", Error, "No addresses"}
	NotAssignable   = Rule{"HA069", Error, "Address that no host can have"}
	DuplicateHostIP = Rule{"HA070", Error, "Host address used twice on one segment"}
	TooManyVIPs     = Rule{"HA071", Warning, "More addresses than one advert carries"}

	// Priorities and order.
	EqualPriorities  = Rule{"HA075", Error, "Equal priorities"}
	SomePriorities   = Rule{"HA076", Error, "Priority missing"}
	PriorityRange    = Rule{"HA077", Error, "Priority out of range"}
	SeveralOwners    = Rule{"HA078", Error, "More than one owner"}
	OwnerPreempts    = Rule{"HA079", Error, "Owner that must not preempt"}
	OwnerAndPriority = Rule{"HA080", Error, "Owner with a priority"}
	ForeignPriority  = Rule{"HA081", Error, "Neighbour without a priority"}
	NoRoom           = Rule{"HA082", Error, "Too many hosts for distinct priorities"}
	LittleRoom       = Rule{"HA083", Warning, "Priorities close together"}
	OrderContradicts = Rule{"HA084", Error, "Preference contradicts priorities"}
	OwnerOfCluster   = Rule{"HA085", Error, "Owner of a whole cluster"}

	// Protocol.
	IntervalRange    = Rule{"HA090", Error, "Interval that the version cannot carry"}
	ShortInterval    = Rule{"HA091", Warning, "Very short interval"}
	IPv6InVersion2   = Rule{"HA092", Error, "IPv6 in version 2"}
	DelayUnused      = Rule{"HA093", Error, "Delay without delayed preemption"}
	DelayMissing     = Rule{"HA094", Error, "Delayed preemption without a delay"}
	UnknownPeer      = Rule{"HA095", Error, "Unicast without an address"}
	WrongSource      = Rule{"HA096", Error, "Source that the host does not have"}
	SourceKind       = Rule{"HA097", Error, "Unusable source"}
	WrongGroup       = Rule{"HA098", Error, "Not a multicast group"}
	GroupUnused      = Rule{"HA099", Error, "Multicast group in unicast"}
	PassInVersion3   = Rule{"HA100", Error, "Password in version 3"}
	PassLength       = Rule{"HA101", Error, "Password of the wrong length"}
	SecretSource     = Rule{"HA102", Error, "One secret is needed"}
	SecretPath       = Rule{"HA103", Error, "Relative path of a secret"}
	ClearText        = Rule{"HA104", Warning, "Clear-text authentication"}
	RejectedChecksum = Rule{"HA105", Warning, "Checksum that keepalived rejects"}
)

var _ = register(
	UnknownMember, NotAMember, HostTwice, UnknownInterface, NoInterface, NoHosts, SingleHost, SplitMembers,
	DuplicateVRID, SuspectVRID, DuplicateVIP, RepeatedVIP, VIPOfHost, OwnerWithout, OutsideSubnets,
	NoVRID, NoAddresses, NotAssignable, DuplicateHostIP, TooManyVIPs,
	EqualPriorities, SomePriorities, PriorityRange, SeveralOwners, OwnerPreempts, OwnerAndPriority,
	ForeignPriority, NoRoom, LittleRoom, OrderContradicts, OwnerOfCluster,
	IntervalRange, ShortInterval, IPv6InVersion2, DelayUnused, DelayMissing, UnknownPeer, WrongSource,
	SourceKind, WrongGroup, GroupUnused, PassInVersion3, PassLength, SecretSource, SecretPath, ClearText, RejectedChecksum,
)
