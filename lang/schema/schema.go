package schema

import (
	"maps"
	"slices"
	"time"
)

// Type is the type of an attribute's value.
type Type int

// The closed set of types.
const (
	String     Type = iota // text
	Integer                // a whole number
	Bool                   // true or false
	Duration               // text like "1s", "300ms" or "1m30s"; never negative
	Address                // one IP address without a prefix length
	Prefixes               // a list of IP addresses with a prefix length; a bare one is /32 or /128
	StringMap              // texts by name
	References             // a list of objects such as host.lb01
	Reference              // one such object
	Strings                // a list of texts; Enum and Form hold for each
	Network                // an IP network: an address with a prefix length and no host bits; a bare address is /32 or /128
	Any                    // an expression of any type, evaluated by its reader
	TypeExpr               // a type such as list(string)
)

// Form is what the text of a String must look like.
type Form int

// The forms.
const (
	Free         Form = iota // anything
	Filled                   // at least one character
	Name                     // a name: letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 63
	Interface                // a Linux interface name: 1 to 15 bytes, no "/", ":" or white space
	AbsolutePath             // begins with "/"
	Store                    // a plan store: a path, or "ssh:" with an absolute path or nothing behind it
	FileName                 // the name of a file without a folder
	Command                  // for Strings: the first is an absolute path, none has a NUL
	URL                      // an absolute http or https URL without a user
	Endpoint                 // HOST:PORT
	MailServer               // smtp:// or smtps:// and a host, perhaps with a port
	MailAddress              // one address, local@domain, perhaps with a name
	StatusRange              // an HTTP status code, or two with "-" between them
	Pattern                  // a regular expression of Go's (RE2)
	SHA256                   // 64 hexadecimal digits
	Moved                    // an address that a host can have, perhaps with a prefix length
	Destination              // an IP network, or "default"
	KeyID                    // 1 to 255
	HostHeader               // a host as in a Host header, perhaps with a port
	HostName                 // the name of a host
	VariableName             // the name of an environment variable
	HeaderName               // the name of an HTTP header other than Host
	HeaderValue              // a text without control characters
)

// Limits of what one attribute holds, which plans have, too.
const (
	LongestText = 4096 // bytes of one text
	MostTexts   = 256  // elements of one map
)

// Attribute describes one attribute of a block.
type Attribute struct {
	Name string
	Type Type
	Kind string // for References and Reference: the type of block that is meant, "host"
	Form Form   // for String and Strings, and the values of a StringMap
	Keys Form   // of the names of a StringMap

	Required bool
	Default  any    // string, int, bool or time.Duration, as Type says; nil: no default
	Implied  string // what holds without the attribute where no constant says it, a phrase; "" otherwise

	Min, Max  int           // for Integer, both inclusive; for lists the number of elements. Max zero: unbounded
	Shortest  time.Duration // for Duration, inclusive
	Longest   time.Duration // for Duration, inclusive; zero: unbounded
	Enum      []string      // for String and Strings: the only values; empty: no such limit
	EnumInt   []int         // for Integer: the only values; empty: no such limit
	Sensitive bool          // the value is never printed
	Unseen    bool          // nor is it in any plan: it may be sensitive, and need not be
	Doc       string        // one sentence or more, for the reference and for editors
	Example   string        // the right-hand side of an assignment
}

// Block describes one type of block.
type Block struct {
	Type   string   // "" for the file itself
	Label  string   // what its one label means; "" for a block without a label
	Form   Form     // what the label must look like
	Labels []string // the only labels; empty: no such limit
	Unique bool     // no two blocks of this type with the same label in one place

	Max      int  // how often the block may stand in its place; 0: any number
	Required bool // it has to stand there
	PerHost  bool // its expressions may use self, the host that it is evaluated for

	Attributes []Attribute
	Blocks     []*Block
	Free       bool // any attribute may be written: locals

	// ExactlyOne lists sets of attributes and nested blocks of which exactly one
	// is written, AtLeastOne those of which one is, or more, AtMostOne those of which
	// one is, or none.
	ExactlyOne, AtLeastOne, AtMostOne [][]string

	// Later are words of the language that this version does not support yet,
	// each a block or an attribute, with what may be done meanwhile.
	Later map[string]string

	Doc     string // one sentence or more
	Example string // a whole block, a few lines of HCL
}

// Attribute returns the position of that attribute in b.Attributes, or -1.
func (b *Block) Attribute(name string) int {
	for i := range b.Attributes {
		if b.Attributes[i].Name == name {
			return i
		}
	}
	return -1
}

// Block returns the description of that type of nested block, or nil.
func (b *Block) Block(typ string) *Block {
	for _, n := range b.Blocks {
		if n.Type == typ {
			return n
		}
	}
	return nil
}

// Names returns the types of nested blocks, and the names of attributes unless
// blocks alone are wanted: what may be written in b.
func (b *Block) Names(blocks bool) []string {
	var names []string
	for _, a := range b.Attributes {
		if !blocks {
			names = append(names, a.Name)
		}
	}
	for _, n := range b.Blocks {
		names = append(names, n.Type)
	}
	return names
}

// Sensitive returns the names of the attributes whose values are never printed,
// sorted.
func Sensitive() []string {
	names := map[string]bool{}
	var visit func(*Block)
	visit = func(b *Block) {
		for _, a := range b.Attributes {
			if a.Sensitive {
				names[a.Name] = true
			}
		}
		for _, n := range b.Blocks {
			visit(n)
		}
	}
	visit(Root)
	return slices.Sorted(maps.Keys(names))
}
