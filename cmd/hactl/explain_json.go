package main

import (
	"io"

	"hactl/cmd/hactl/internal/terminal"
	"hactl/lang/rule"
)

// explanation is what explain --json prints of one rule. The shape is a contract.
type explanation struct {
	Code     string `json:"code"`
	Severity string `json:"severity"` // "error", "warning" or "info"
	Summary  string `json:"summary"`
	*story          // absent in the list of all rules
}

// story is a rule.Story; its texts are Markdown.
type story struct {
	Why       string    `json:"why"`
	AtRuntime string    `json:"at_runtime"`
	WhatToDo  string    `json:"what_to_do"`
	How       string    `json:"how,omitempty"` // how it comes about, where no file shows it
	Wrong     []example `json:"wrong"`         // never null
	Right     []example `json:"right"`         // never null
}

// example is one file of an example.
type example struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// explainJSON prints rules with their stories, or the list of all without any.
func explainJSON(w io.Writer, rules []rule.Rule) error {
	out := struct {
		Rules []explanation `json:"rules"`
	}{}
	for _, r := range rules {
		s, err := r.Story()
		if err != nil {
			return err
		}
		out.Rules = append(out.Rules, explained(r, &story{s.Why, s.Runtime, s.Remedy, s.How, exampleFiles(s.Wrong), exampleFiles(s.Right)}))
	}
	if len(rules) == 0 {
		for _, r := range rule.All() {
			out.Rules = append(out.Rules, explained(r, nil))
		}
	}
	return terminal.PrintJSON(w, out)
}

func explained(r rule.Rule, s *story) explanation {
	return explanation{r.Code, rule.SeverityWord(r.Severity), r.Summary, s}
}

func exampleFiles(files []rule.File) []example {
	all := []example{}
	for _, f := range files {
		all = append(all, example(f))
	}
	return all
}
