package rule

// The rules of the import of keepalived.conf, HA280 to HA289: what is not carried
// over word for word.
var (
	ImportNothing  = Rule{"HA280", Error, "Nothing to import"}
	ImportDisagree = Rule{"HA281", Warning, "Nodes disagree"}
	ImportNoPlace  = Rule{"HA282", Warning, "No place for this"}
	ImportChanged  = Rule{"HA283", Warning, "Something changes"}
	ImportOpen     = Rule{"HA284", Error, "Value left open"}
	ImportOther    = Rule{"HA285", Info, "Said in other words"}
	ImportDropped  = Rule{"HA286", Info, "Left out"}
	ImportServers  = Rule{"HA287", Info, "Load balancer kept as a comment"}
)

var _ = register(ImportNothing, ImportDisagree, ImportNoPlace, ImportChanged, ImportOpen, ImportOther, ImportDropped, ImportServers)
