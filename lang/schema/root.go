package schema

// Root describes a configuration: the blocks that stand outside every other.
var Root = &Block{
	Doc:    "A configuration is every *.ha.hcl and *.ha.json file of one folder, in any order.",
	Blocks: []*Block{hactl, host, check, notify, cluster, upgrade, variable, locals},
	Later: map[string]string{
		"virtual_server": "until then keep the load balancer's own configuration",
	},
}

var hactl = &Block{
	Type: "hactl",
	Max:  1,
	Doc:  "Settings of the tool itself.",
	Example: `hactl {
  required_version = ">= 0.1"
  store            = "ssh:"
}`,
	Attributes: []Attribute{
		{Name: "required_version", Type: String, Form: Filled, Example: `">= 0.1"`,
			Doc: "Versions of hactl that may read this configuration."},
		{Name: "store", Type: String, Form: Store, Implied: "the folder /var/lib/hactl of this machine", Example: `"ssh:"`,
			Doc: "Where apply and status find the hosts: a path, or `ssh:`. The flag --store wins."},
	},
}

var host = &Block{
	Type:   "host",
	Label:  "the host's name",
	Form:   Name,
	Unique: true,
	Doc:    "A machine that may hold virtual addresses, or a neighbour that does.",
	Example: `host "lb01" {
  ssh    = "ops@10.0.0.5"
  labels = { rack = "a" }

  interface "eth0" {
    addresses = ["10.0.0.5/24", "2001:db8::5/64"]
  }
}`,
	Attributes: []Attribute{
		{Name: "ssh", Type: String, Form: Filled, Implied: "the host's name", Example: `"ops@10.0.0.5"`,
			Doc: "The destination that the user's own ssh is given."},
		{Name: "labels", Type: StringMap, Unseen: true, Implied: "none", Example: `{ rack = "a" }`,
			Doc: "Texts of your own, for use in expressions."},
		{Name: "router", Type: String, Enum: []string{"hactl", "keepalived", "other"}, Default: "hactl", Example: `"keepalived"`,
			Doc: "Who speaks VRRP there. No plan is made for a host that is not `hactl`'s own; it is a neighbour."},
	},
	Blocks: []*Block{hostInterface},
}

var hostInterface = &Block{
	Type:   "interface",
	Label:  "the interface's name",
	Form:   Interface,
	Unique: true,
	Doc:    "A network interface of the host. Facts, never configured by hactl; a host that declares one declares all that clusters use.",
	Example: `interface "eth0" {
  addresses = ["10.0.0.5/24"]
}`,
	Attributes: []Attribute{
		{Name: "addresses", Type: Prefixes, Example: `["10.0.0.5/24", "2001:db8::5/64"]`,
			Doc: "The host's own addresses there. The first of a family is the one that adverts come from."},
		{Name: "segment", Type: String, Form: Name, Implied: "interfaces with addresses in one subnet share one", Example: `"dmz"`,
			Doc: "The set of interfaces that hear each other to which this one belongs."},
	},
}

var variable = &Block{
	Type:   "variable",
	Label:  "the variable's name",
	Form:   Name,
	Unique: true,
	Doc:    "A value from outside, used as var.NAME: from --var, --var-file or HACTL_VAR_NAME.",
	Example: `variable "vrid" {
  type        = number
  default     = 50
  description = "The virtual router's number on this segment"

  validation {
    condition     = var.vrid > 0 && var.vrid < 256
    error_message = "The vrid must be 1 to 255."
  }
}`,
	Attributes: []Attribute{
		{Name: "type", Type: TypeExpr, Implied: "any type", Example: `map(object({ rack = string, vrid = optional(number, 50) }))`,
			Doc: "The type that the value is converted to."},
		{Name: "default", Type: Any, Implied: "the variable must be given", Example: `50`,
			Doc: "The value when none is given; a constant."},
		{Name: "description", Type: String, Example: `"The virtual router's number"`,
			Doc: "What the variable is for."},
		{Name: "sensitive", Type: Bool, Default: false, Example: `true`,
			Doc: "Whether the value is kept out of every message."},
	},
	Blocks: []*Block{validation},
}

var validation = &Block{
	Type: "validation",
	Doc:  "A condition that the variable's value must meet.",
	Example: `validation {
  condition     = var.vrid > 0
  error_message = "The vrid must be positive."
}`,
	Attributes: []Attribute{
		{Name: "condition", Type: Any, Required: true, Example: `var.vrid > 0`,
			Doc: "An expression over variables that is true for a good value."},
		{Name: "error_message", Type: Any, Required: true, Example: `"The vrid must be positive."`,
			Doc: "What to say otherwise, a whole sentence."},
	},
}

var locals = &Block{
	Type: "locals",
	Free: true,
	Doc:  "Named values, used as local.NAME. They may use each other, variables, hosts and clusters, in any order.",
	Example: `locals {
  lbs = [host.lb01, host.lb02]
}`,
}
