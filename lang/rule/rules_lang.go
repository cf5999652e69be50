package rule

// The rules of package lang, HA001 to HA049: what can be said of a text
// without knowing what its parts mean together.
var (
	Syntax       = Rule{"HA001", Error, "Invalid syntax"}
	Unreadable   = Rule{"HA002", Error, "Unreadable file"}
	NoFiles      = Rule{"HA003", Error, "No configuration"}
	UnknownBlock = Rule{"HA004", Error, "Unknown block"}
	UnknownName  = Rule{"HA005", Error, "Unknown attribute"}
	Keepalived   = Rule{"HA006", Error, "Word of keepalived"}
	NotYet       = Rule{"HA007", Error, "Not supported yet"}
	Missing      = Rule{"HA008", Error, "Missing attribute"}
	Labels       = Rule{"HA009", Error, "Wrong number of labels"}
	BadName      = Rule{"HA010", Error, "Invalid name"}
	Duplicate    = Rule{"HA011", Error, "Duplicate name"}
	Repeated     = Rule{"HA012", Error, "Repeated block"}
	WrongType    = Rule{"HA013", Error, "Wrong type of value"}
	OutOfRange   = Rule{"HA014", Error, "Value out of range"}
	NotAllowed   = Rule{"HA015", Error, "Value not allowed"}
	BadDuration  = Rule{"HA016", Error, "Invalid duration"}
	BadAddress   = Rule{"HA017", Error, "Invalid address"}
	NoReference  = Rule{"HA018", Error, "Not a reference"}
	WrongKind    = Rule{"HA019", Error, "Reference to another kind"}
	Undefined    = Rule{"HA020", Error, "Undefined name"}
	Cycle        = Rule{"HA021", Error, "Cycle of names"}
	Evaluation   = Rule{"HA022", Error, "Expression without a value"}
	BadDynamic   = Rule{"HA023", Error, "Invalid dynamic block"}
	Hidden       = Rule{"HA024", Error, "Hidden name"}
	NoVariable   = Rule{"HA025", Error, "Undeclared variable"}
	NoValue      = Rule{"HA026", Error, "Variable without a value"}
	BadValue     = Rule{"HA027", Error, "Wrong type of variable value"}
	Refused      = Rule{"HA028", Error, "Variable value refused"}
	BadVariable  = Rule{"HA029", Error, "Invalid variable declaration"}
	Contradicts  = Rule{"HA030", Error, "Contradicting attributes"}
	TooLarge     = Rule{"HA031", Error, "Too large or too deep"}
	WrongForm    = Rule{"HA032", Error, "Block and attribute mixed up"}
	UnusedValue  = Rule{"HA033", Warning, "Value for an undeclared variable"}

	Exposed = Rule{"HA036", Error, "Sensitive value that would be shown"}

	VersionTooOld     = Rule{"HA034", Error, "Another version of hactl required"}
	VersionUnreadable = Rule{"HA035", Error, "Invalid required_version"}
)

var _ = register(
	Syntax, Unreadable, NoFiles, UnknownBlock, UnknownName, Keepalived, NotYet, Missing, Labels, BadName,
	Duplicate, Repeated, WrongType, OutOfRange, NotAllowed, BadDuration, BadAddress, NoReference, WrongKind, Undefined,
	Cycle, Evaluation, BadDynamic, Hidden, NoVariable, NoValue, BadValue, Refused, BadVariable, Contradicts,
	TooLarge, WrongForm, UnusedValue, Exposed, VersionTooOld, VersionUnreadable,
)
