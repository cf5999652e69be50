package rule

// The rules of package lang/keepalived, HA200 to HA279: what is wrong with the
// keepalived.conf of one node, or between those of several.
var (
	UnreadableConf = Rule{"HA200", Error, "Unreadable keepalived.conf"}
	Template       = Rule{"HA201", Error, "Template, not a configuration"}
	MissingInclude = Rule{"HA202", Warning, "Include that cannot be read"}
	IncludeCycle   = Rule{"HA203", Error, "File that includes itself"}
	LintLimit      = Rule{"HA204", Error, "Configuration too large or too deep"}
	Braces         = Rule{"HA205", Error, "Unbalanced braces"}
	Slashes        = Rule{"HA206", Error, "Slashes are no comment"}
	OtherID        = Rule{"HA207", Info, "Lines for other nodes only"}
	Placeholder    = Rule{"HA208", Info, "Placeholder left"}

	Misspelt       = Rule{"HA210", Warning, "Unknown keyword"}
	Ignored        = Rule{"HA211", Info, "Keyword without effect"}
	StrayText      = Rule{"HA212", Warning, "Text that is no configuration"}
	ValueMissing   = Rule{"HA213", Error, "Value missing"}
	ValueRefused   = Rule{"HA214", Warning, "Value that keepalived does not accept"}
	Swallowed      = Rule{"HA215", Warning, "Keyword taken for a value"}
	Typographic    = Rule{"HA216", Warning, "Typographic quotes"}
	KeywordTwice   = Rule{"HA217", Warning, "Keyword given twice"}
	UnclosedQuotes = Rule{"HA218", Warning, "Quotes that are not closed"}
	BadDefinition  = Rule{"HA219", Warning, "Definition that is not put in"}

	InstanceTwice  = Rule{"HA220", Error, "Two instances of one name"}
	VRIDTwice      = Rule{"HA221", Error, "VRID used twice"}
	NoSuchState    = Rule{"HA222", Warning, "State that does not exist"}
	NopreemptUnset = Rule{"HA223", Warning, "Nopreempt without effect"}
	DelayUnset     = Rule{"HA224", Warning, "Delay of preemption without effect"}
	HiddenOwner    = Rule{"HA225", Warning, "Priority 255 by omission"}
	AHMaster       = Rule{"HA226", Warning, "Initial state dropped by AH"}
	PasswordLength = Rule{"HA227", Warning, "Password cut to 8 bytes"}
	PasswordCut    = Rule{"HA228", Warning, "Password cut by a comment"}
	NoPeers        = Rule{"HA229", Warning, "Unicast without peers"}
	NoVIPs         = Rule{"HA230", Info, "Router without an address"}
	OtherFamily    = Rule{"HA231", Error, "Address of the other family"}
	WrongBroadcast = Rule{"HA232", Warning, "Wrong broadcast address"}
	OnLoopback     = Rule{"HA233", Warning, "Virtual address on the loopback"}
	OtherSubnet    = Rule{"HA234", Info, "Virtual address outside the node's subnet"}
	NodesAddress   = Rule{"HA235", Warning, "Virtual address is a node's own"}
	Strict         = Rule{"HA236", Warning, "Side effects of the strict mode"}

	NoSuchTrack   = Rule{"HA237", Error, "Tracking of what is not defined"}
	NeverTracked  = Rule{"HA238", Warning, "Check that nothing tracks"}
	NoShell       = Rule{"HA239", Error, "Script needs a shell"}
	ScriptUser    = Rule{"HA240", Warning, "No user to run scripts"}
	OwnersWeight  = Rule{"HA241", Warning, "Weight ignored at priority 255"}
	GroupsWeight  = Rule{"HA242", Warning, "Weight ignored in a sync group"}
	SyncGroup     = Rule{"HA243", Warning, "Sync group without an effect"}
	VirtualServer = Rule{"HA244", Warning, "Virtual server on another address"}
	NeverFails    = Rule{"HA260", Info, "Check that cannot fail"}
	AuthUnused    = Rule{"HA261", Warning, "Authentication that is not sent"}
	AddressTwice  = Rule{"HA262", Warning, "Address in two instances"}

	EqualPriority    = Rule{"HA245", Error, "Equal priorities of nodes"}
	UselessWeight    = Rule{"HA246", Warning, "Check that never moves the address"}
	BlockedWeight    = Rule{"HA247", Warning, "Nopreempt blocks the check"}
	TwoMasters       = Rule{"HA248", Warning, "Two initial masters"}
	TwoOwners        = Rule{"HA249", Error, "Two nodes of priority 255"}
	PreferredLower   = Rule{"HA250", Warning, "Master with the lower priority"}
	OneSidedTracking = Rule{"HA251", Warning, "Checks on one node only"}
	UnicastMismatch  = Rule{"HA252", Error, "Unicast peers do not match"}
	AddressesDiffer  = Rule{"HA253", Error, "Virtual addresses differ"}
	AuthDiffers      = Rule{"HA254", Error, "Authentication differs"}
	AdvertsDiffer    = Rule{"HA255", Error, "Adverts that the other node drops"}
	VRIDDiffers      = Rule{"HA256", Error, "VRIDs differ"}
	OneSidedPreempt  = Rule{"HA257", Info, "Nopreempt on one node only"}
	OneSidedNotify   = Rule{"HA258", Warning, "Notification on one node only"}
	LonelyRouter     = Rule{"HA259", Info, "Router on one node only"}
	SplitGroup       = Rule{"HA263", Warning, "Sync group with two favourites"}
	SameRouterID     = Rule{"HA209", Info, "Same router_id"}
)

var _ = register(
	UnreadableConf, Template, MissingInclude, IncludeCycle, LintLimit, Braces, Slashes, OtherID, Placeholder, SameRouterID,
	Misspelt, Ignored, StrayText, ValueMissing, ValueRefused, Swallowed, Typographic, KeywordTwice, UnclosedQuotes, BadDefinition,
	InstanceTwice, VRIDTwice, NoSuchState, NopreemptUnset, DelayUnset, HiddenOwner, AHMaster, PasswordLength, PasswordCut, NoPeers,
	NoVIPs, OtherFamily, WrongBroadcast, OnLoopback, OtherSubnet, NodesAddress, Strict,
	NoSuchTrack, NeverTracked, NoShell, ScriptUser, OwnersWeight, GroupsWeight, SyncGroup, VirtualServer, NeverFails, AuthUnused, AddressTwice,
	EqualPriority, UselessWeight, BlockedWeight, TwoMasters, TwoOwners, PreferredLower, OneSidedTracking, UnicastMismatch, AddressesDiffer, AuthDiffers,
	AdvertsDiffer, VRIDDiffers, OneSidedPreempt, OneSidedNotify, LonelyRouter, SplitGroup,
)
