package keepalived

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// tracking judges what an instance tracks, and marks it as tracked.
func (l *linter) tracking(i *Instance) {
	for _, t := range i.Tracks {
		if t.Check != nil {
			t.Check.tracked = true
		}
		if t.Later != nil {
			t.Later.tracked = true
		}
		if t.Kind == "interface" || t.Name.Unknown {
			continue
		}
		switch {
		case t.Check == nil && t.Later != nil:
			l.report(rule.NoSuchTrack, t.Name.Range, fmt.Sprintf("keepalived looks names up while it reads, and %s is defined further down: it reports it as not found and goes on without this check. Move its definition above the instance.", shown(t.Name.Text)), see(t.Later.Statement.Range(), "Defined here, too late"))
		case t.Check == nil && !i.Node.Config.Incomplete:
			l.undefined(i, t)
		case t.Weight.Known && t.Weight.Value != 0 && t.Kind != "file":
			l.ignoredWeight(i, t)
		}
	}
}

// undefined reports a name that the file does not define.
func (l *linter) undefined(i *Instance, t *Track) {
	block := "vrrp_" + t.Kind
	if t.Kind != "script" {
		block = "vrrp_track_" + t.Kind
	}
	for _, s := range i.Node.Config.Statements {
		if v, ok := s.Value(); ok && s.Kind == "" && v.Text == t.Name.Text {
			return // its keyword is misspelt, which is reported there
		}
	}
	var names []string
	for _, c := range i.Node.Checks[:min(len(i.Node.Checks), 100)] {
		if c.Kind == t.Kind {
			names = append(names, c.Name.Text)
		}
		if c.Name.Unknown {
			return
		}
	}
	hint := "Define it, or take the line out."
	near := nearest(t.Name.Text, names)
	if len(names) == 1 {
		near = names[0]
	}
	if near != "" {
		hint = "Did you mean " + near + "?"
		for _, c := range i.Node.checks[t.Kind+" "+near] {
			c.tracked = true // that nothing names it has the same cause
		}
	}
	l.reportf(rule.NoSuchTrack, t.Name.Range, "This file defines no %s %s: keepalived reports it as not found and goes on without this check. %s", block, shown(t.Name.Text), hint)
}

// ignoredWeight reports weights that cannot count.
func (l *linter) ignoredWeight(i *Instance, t *Track) {
	if i.owner() {
		at := i.Priority.Range
		if !i.Priority.Given {
			at = i.Statement.Range()
		}
		l.report(rule.OwnersWeight, t.Name.Range, "At priority 255 the priority never changes, and keepalived drops weighted checks: when this one fails, the address stays. Lower the priority to 254, or take the weight out, so that a failure makes the node give up the address.", see(at, "The priority"), see(t.Weight.Range, "The weight"))
		return
	}
	if i.Group != nil && !i.Group.Weights && !t.Group {
		l.report(rule.GroupsWeight, t.Name.Range, fmt.Sprintf("In a sync group without sync_group_tracking_weight keepalived drops checks with a weight altogether: when this one fails, nothing happens. Take the weight out, so that a failure moves the group, or take %s out of the group.", shown(i.Name.Text)), see(i.Group.Statement.Range(), "The sync group"), see(t.Weight.Range, "The weight"))
	}
}

// checks judges the checks of a node.
func (l *linter) checks(n *Node) {
	for _, c := range n.Checks {
		l.script(c)
		if !c.tracked && len(n.Instances) > 0 && !n.Config.Incomplete && !c.Name.Unknown && !l.trackedElsewhere(n, c) {
			l.reportf(rule.NeverTracked, c.Statement.Range(), "No instance tracks %s, so keepalived never runs it, and its failure moves nothing. Name it in track_%s of an instance, or take it out.", shown(c.Name.Text), c.Kind)
		}
	}
}

// trackedElsewhere tells whether somebody other than an instance uses the
// check, or another node does, which is reported on its own.
func (l *linter) trackedElsewhere(n *Node, c *Check) bool {
	for _, i := range n.Instances {
		if i.Opaque {
			return true
		}
	}
	for _, g := range n.Groups {
		for _, b := range g.Statement.children("track_" + c.Kind) {
			for _, s := range b.Children {
				if s.Keyword() == c.Name.Text {
					return true
				}
			}
		}
	}
	if c.Kind == "file" {
		return uses(n.Virtuals, c.Name.Text)
	}
	return false
}

// uses tells whether some statement below has the word for its value.
func uses(all []*Statement, word string) bool {
	for _, s := range all {
		if v, ok := s.Value(); ok && v.Text == word || uses(s.Children, word) {
			return true
		}
	}
	return false
}

// Scripts are executed without a shell. These are the signs of one, between
// white space or before a redirection's target.
var (
	operator = regexp.MustCompile(`(?:^|\s)(\|\|?|&&?|;|(?:[0-9]|&)?>{1,2}|<)(?:\s|$|[&/\w])|\S(;|\|\||&&)\s|\$\(|` + "`")
	apart    = regexp.MustCompile(`'[^']*'|"(?:[^"\\]|\\.)*"|<[\w.-]+>`) // what a shell would not look into, and placeholders
	ownDeath = regexp.MustCompile(`\b(?:stop|killall|pkill|kill)\b[^|;&]*\bkeepalived\b`)
	ownLife  = regexp.MustCompile(`^\s*(?:\S*/)?(?:(?:killall|pkill|kill) (?:-0|-s 0|--signal 0) |pidof |pgrep (?:-\S+ )*)keepalived\s*$`)
)

// script judges the command of a vrrp_script.
func (l *linter) script(c *Check) {
	s := c.Statement.child("script")
	if c.Kind != "script" || s == nil || len(s.Words) < 2 {
		return
	}
	l.command(s, "The check then does not do what it says: most often it fails for ever, or never.")
	command, at := commandOf(s)
	switch {
	case ownsLife(c):
		l.reportf(rule.NeverFails, at, "This looks whether keepalived runs, and keepalived runs it: it succeeds always, and says nothing of the service. Check what the address is for.")
	case ownDeath.MatchString(command):
		l.reportf(rule.NoShell.As(rule.Info), at, "This check stops keepalived itself, so the node does not come back by itself when what it checks does, and its weight never counts. Let the check only fail.")
	}
}

// ownsLife tells whether a check looks whether keepalived itself runs.
func ownsLife(c *Check) bool {
	s := c.Statement.child("script")
	if c.Kind != "script" || s == nil || len(s.Words) < 2 {
		return false
	}
	command, _ := commandOf(s)
	return ownLife.MatchString(command)
}

// command reports a command that needs a shell.
func (l *linter) command(s *Statement, effect string) {
	if l.version.Before(withoutShell) {
		return
	}
	command, at := commandOf(s)
	path, opens := strings.CutPrefix(strings.TrimSpace(command), "<")
	if path = strings.TrimSpace(path); opens && (strings.HasPrefix(path, "/dev/tcp/") || strings.HasPrefix(path, "/dev/udp/")) {
		l.reportf(rule.NoShell, at, "/dev/tcp is a trick of bash. keepalived takes the leading < for \"can this file be opened\", which fails always. Write /bin/bash -c '</dev/tcp/…', or a script of your own.")
		return
	}
	if opens { // "can this file be opened" is a check of keepalived's own
		command = path
	}
	if found := operator.FindStringSubmatch(apart.ReplaceAllString(command, "''")); found != nil {
		sign := strings.TrimSpace(found[0])
		if found[1] != "" {
			sign = found[1]
		}
		l.reportf(rule.NoShell, at, "keepalived executes the command without a shell, so %s and what follows are arguments of the program. %s Write /bin/sh -c '…' around all of it, or a script of your own.", sign, effect)
	}
}

// commandOf returns the command that a statement gives: its first value when
// that is quoted, otherwise the words without those that are quoted by
// themselves.
func commandOf(s *Statement) (string, hcl.Range) {
	if len(s.Words) < 2 {
		return "", s.Words[0].Range
	}
	if s.Words[1].Quoted {
		return s.Words[1].Text, s.Words[1].Range
	}
	var all []string
	for _, w := range s.Words[1:] {
		if w.Quoted {
			w.Text = "''"
		}
		all = append(all, w.Text)
	}
	return strings.Join(all, " "), hcl.RangeBetween(s.Words[1].Range, s.Words[len(s.Words)-1].Range)
}

// notifyScripts judges the commands that transitions run.
func (l *linter) notifyScripts(n *Node) {
	var all []*Statement
	for _, i := range n.Instances {
		all = append(all, i.Statement.Children...)
	}
	for _, g := range n.Groups {
		all = append(all, g.Statement.Children...)
	}
	for _, s := range all {
		if strings.HasPrefix(s.Keyword(), "notify") && s.Keyword() != "notify_priority_changes" && s.Keyword() != "notify_deleted" && !n.Config.Draft {
			l.command(s, "Only the first program runs, with strange arguments.")
		}
	}
}

// scriptUser reports checks that may not be run for want of a user.
func (l *linter) scriptUser(n *Node) {
	secure := n.Global.child("enable_script_security")
	if secure == nil || n.Global.child("script_user") != nil || n.Config.Incomplete {
		return
	}
	for _, c := range n.Checks {
		if c.Kind == "script" && c.Statement.child("user") == nil && c.tracked {
			l.report(rule.ScriptUser, secure.Range(), "With enable_script_security and without script_user scripts run as the user keepalived_script. Where that does not exist, keepalived removes them, and the instances run without their checks. Write script_user root in global_defs, or another user that exists.", see(c.Statement.Range(), "Runs as that user"))
			return
		}
	}
}
