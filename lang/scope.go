package lang

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hactl/lang/rule"
)

// scope holds every name that expressions may use. Values are made when first
// asked for, so that the order of files and blocks does not matter.
type scope struct {
	base     *hcl.EvalContext // functions and var
	settled  bool             // everything but clusters is made
	full     *hcl.EvalContext // base, local, host and the like, once an expression asks for it
	declared map[string]bool  // names of variables
	locals   map[string]*local
	hosts    *kind
	clusters *kind
	kinds    []*kind // all of them, once declared
	stack    []*step // what is being made, outermost first
	deep     bool    // a chain of names was too long, which was reported
}

// kind returns the kind of that name, or nil.
func (s *scope) kind(name string) *kind {
	for _, k := range s.kinds {
		if k.name == name {
			return k
		}
	}
	return nil
}

// step is one thing that is made once, on demand.
type step struct {
	name string // as a user would write it: "local.lbs"
	at   hcl.Range
	state
}

// state is how far a step has come.
type state int

const (
	untouched state = iota
	underway
	finished
)

// local is one entry of a locals block.
type local struct {
	step
	expr  hcl.Expression
	value cty.Value // DynamicVal when it can't be made, which was reported
}

// kind is one kind of block that expressions may refer to.
type kind struct {
	name      string
	typ       cty.Type
	static    map[string]*object
	dynamic   []*generator
	generated map[string]*object
	broken    bool // a block has no proper name, which was reported
}

// object is one block that expressions may refer to.
type object struct {
	step
	made  made
	block *Block    // of a host, once made
	value cty.Value // unknown until it is made
}

// generator is one dynamic block at the top level.
type generator struct {
	step
	section *section
	broken  bool
}

// maxNames is how far names may depend on each other in a row.
const maxNames = 1000

// make runs f unless it ran before. It reports a cycle when it is under way.
// from is the place that asks.
func (l *loader) make(s *step, from hcl.Range, f func()) {
	switch s.state {
	case finished:
	case underway:
		l.cycle(s, from)
	case untouched:
		if len(l.scope.stack) >= maxNames {
			l.tooLong(from)
			s.state = finished
			return
		}
		s.state = underway
		l.scope.stack = append(l.scope.stack, s)
		f()
		l.scope.stack = l.scope.stack[:len(l.scope.stack)-1]
		s.state = finished
	}
}

// tooLong reports the first chain of names that is too long.
func (l *loader) tooLong(from hcl.Range) {
	if !l.scope.deep {
		l.scope.deep = true
		l.report(rule.TooLarge.At(from, fmt.Sprintf("More than %d names depend on each other in a row here. Shorten the chain of locals.", maxNames)))
	}
}

// cycle reports that s needs itself. from is the place that closes the circle.
func (l *loader) cycle(s *step, from hcl.Range) {
	circle := l.scope.stack[slices.Index(l.scope.stack, s):]
	names := make([]string, 0, len(circle)+1)
	var related []rule.Related
	for _, c := range circle {
		names = append(names, c.name)
		if c != circle[len(circle)-1] || len(circle) == 1 {
			related = append(related, rule.Related{Message: c.name + " is made here", Range: c.at})
		}
	}
	names = append(names, s.name)
	l.report(rule.Cycle.At(from, fmt.Sprintf("%s needs itself: %s. Write one of them without the others.", s.name, strings.Join(names, " → ")), related...))
}

// declare enters locals and the blocks of every kind without evaluating anything.
func (l *loader) declare(locals []field, top map[string][]*section) {
	l.scope.locals = map[string]*local{}
	for _, f := range locals {
		if first, ok := l.scope.locals[f.name]; ok {
			l.duplicate("local."+f.name, f.at, first.at)
			continue
		}
		l.scope.locals[f.name] = &local{step: step{name: "local." + f.name, at: f.at}, expr: f.expr, value: cty.DynamicVal}
	}
	l.scope.hosts = l.declareKind("host", hostType, top)
	l.scope.clusters = l.declareKind("cluster", clusterType, top)
	l.scope.kinds = []*kind{l.scope.hosts, l.declareKind("check", plainType, top), l.declareKind("notify", plainType, top), l.scope.clusters}
}

// declareKind enters the blocks of one kind.
func (l *loader) declareKind(name string, typ cty.Type, top map[string][]*section) *kind {
	k := &kind{name: name, typ: typ, static: map[string]*object{}, generated: map[string]*object{}}
	for _, s := range top[name] {
		if label, ok := l.label(made{section: s}, rootSpec.Block(name)); ok {
			l.enter(k, k.static, label, made{section: s})
		} else {
			k.broken = true
		}
	}
	for _, s := range top["dynamic"] {
		if len(s.labels) == 1 && s.labels[0] == name {
			k.dynamic = append(k.dynamic, &generator{step: step{name: "dynamic \"" + name + "\"", at: s.header}, section: s})
		}
	}
	return k
}

// enter adds one block of kind k to a table, unless its name is taken.
func (l *loader) enter(k *kind, table map[string]*object, label string, m made) {
	first, taken := k.static[label]
	if !taken {
		first, taken = k.generated[label]
	}
	if taken {
		l.duplicate(k.name+" \""+label+"\"", m.section.labelRange(), first.made.section.labelRange())
		return
	}
	table[label] = &object{step: step{name: k.name + "." + label, at: m.section.labelRange()}, made: m, value: cty.UnknownVal(k.typ)}
}

// duplicate reports a name that is declared twice.
func (l *loader) duplicate(what string, at, first hcl.Range) {
	l.report(rule.Duplicate.At(at, fmt.Sprintf("%s is declared twice. Give one of the two another name, or take it out.", what),
		rule.Related{Message: what + " is declared here first", Range: first}))
}

// resolveAll makes every local, host, check and notify block. Of clusters it
// expands the dynamic blocks only.
func (l *loader) resolveAll() {
	for _, name := range slices.Sorted(maps.Keys(l.scope.locals)) {
		n := l.scope.locals[name]
		l.local(n, n.at)
	}
	for _, k := range l.scope.kinds {
		for _, o := range l.each(k, hcl.Range{}) {
			if k != l.scope.clusters {
				l.touch(k, o, o.at)
			}
		}
	}
	l.scope.settled = true
}

// everything returns the context in which what comes after resolveAll is
// evaluated.
func (l *loader) everything() *hcl.EvalContext {
	if l.scope.full != nil {
		return l.scope.full
	}
	values := map[string]cty.Value{}
	for name, n := range l.scope.locals {
		values[name] = n.value
	}
	names := map[string]cty.Value{"local": cty.ObjectVal(values)}
	for _, k := range l.scope.kinds {
		if k != l.scope.clusters {
			names[k.name] = l.all(k, hcl.Range{})
		}
	}
	l.scope.full = l.scope.base.NewChild()
	l.scope.full.Variables = names
	return l.scope.full
}

// local makes one local.
func (l *loader) local(n *local, from hcl.Range) cty.Value {
	l.make(&n.step, from, func() {
		v, ok := l.value(n.expr, nil)
		if !ok {
			return
		}
		if heavy(v) {
			l.report(rule.TooLarge.At(n.expr.Range(), fmt.Sprintf("%s holds more than %d values or bytes. Make it smaller.", n.name, maxWeight)))
			return
		}
		n.value = annotate(n.expr, v)
	})
	return n.value
}

// generate makes the blocks of one dynamic block at the top level.
func (l *loader) generate(k *kind, g *generator, from hcl.Range) {
	l.make(&g.step, from, func() {
		e := l.expand(g.section, rootSpec, nil)
		g.broken = e.broken
		for _, m := range e.made {
			if label, ok := l.label(m, rootSpec.Block(k.name)); ok {
				l.enter(k, k.generated, label, m)
			} else {
				g.broken = true
			}
		}
	})
}

// find returns the block of kind k with that name. ok is false when there is
// none, whole false when one may still be missing for a reason that was
// reported.
func (l *loader) find(k *kind, name string, from hcl.Range) (o *object, whole bool) {
	if o, ok := k.static[name]; ok {
		return o, true
	}
	for _, g := range k.dynamic {
		l.generate(k, g, from)
	}
	return k.generated[name], l.whole(k)
}

// whole reports whether every block of kind k is known, now that its dynamic
// blocks were asked for theirs.
func (l *loader) whole(k *kind) bool {
	return !l.partial && !k.broken && !slices.ContainsFunc(k.dynamic, func(g *generator) bool {
		return g.broken || g.state != finished
	})
}

// each makes all blocks of kind k by dynamic blocks, and goes through all of
// them, those that are written in order of names, and then the others.
func (l *loader) each(k *kind, from hcl.Range) iter.Seq2[string, *object] {
	return func(yield func(string, *object) bool) {
		for _, g := range k.dynamic {
			l.generate(k, g, cmp.Or(from, g.at))
		}
		for _, table := range []map[string]*object{k.static, k.generated} {
			for _, name := range slices.Sorted(maps.Keys(table)) {
				if !yield(name, table[name]) {
					return
				}
			}
		}
	}
}

// all makes the map of all blocks of kind k.
func (l *loader) all(k *kind, from hcl.Range) cty.Value {
	values := map[string]cty.Value{}
	for name, o := range l.each(k, from) {
		values[name] = l.object(k, o, from)
	}
	return mapOf(k.typ, values)
}

// object makes one block and returns its value. That of a host is made when it is
// first asked for: few are.
func (l *loader) object(k *kind, o *object, from hcl.Range) cty.Value {
	l.touch(k, o, from)
	if o.block != nil && !o.value.IsKnown() {
		o.value = hostValue(o.block)
	}
	return o.value
}

// touch makes one block. A from that is empty stands for its own place.
func (l *loader) touch(k *kind, o *object, from hcl.Range) {
	if from.Empty() {
		from = o.at
	}
	l.make(&o.step, from, func() {
		switch k {
		case l.scope.hosts:
			o.block = l.decode(l.config.Root, rootSpec.Block("host"), o.made)
		case l.scope.clusters:
			o.value = l.clusterValue(o)
		default:
			name, _ := o.made.name()
			o.value = cty.ObjectVal(identity(k.name+"."+name, name))
		}
	})
}

// whole reports whether o is made, and what it is is known.
func (o *object) whole() bool {
	return o.state == finished && (o.block != nil || o.value.IsKnown())
}

// mapOf returns a map of objects of one type.
func mapOf(typ cty.Type, values map[string]cty.Value) cty.Value {
	if len(values) == 0 {
		return cty.MapValEmpty(typ)
	}
	return cty.MapVal(values)
}
