package main

import "hactl/compiler/analysis"

// whatIfJSON is what plan --what-if prints with --json.
type whatIfJSON struct {
	WhatIf []sceneJSON `json:"what_if"` // sorted by the first vip
}

// sceneJSON is vips, and what becomes of them whatever fails.
type sceneJSON struct {
	Vips    []string      `json:"vips"`               // sorted; of all of them the same becomes
	Assumed []string      `json:"assumed,omitempty"`  // hosts without a plan, which count as healthy whatever fails there
	Active  []string      `json:"active"`             // while all is well
	Singles []outcomeJSON `json:"singles"`            // every single failure
	Pairs   []outcomeJSON `json:"pairs"`              // every two failures, once where both orders have the same result
	LeftOut string        `json:"left_out,omitempty"` // why pairs has none, in a sentence
}

// outcomeJSON is what comes of failures, one after the other.
type outcomeJSON struct {
	If      []string `json:"if"`                // as --if takes them
	Ordered bool     `json:"ordered,omitempty"` // in another order something else comes of them
	Active  []string `json:"active"`            // hosts that answer in the end; none, or several that do not hear each other
	Chance  []string `json:"chance,omitempty"`  // hosts of which milliseconds choose the one in active
	Via     []string `json:"via,omitempty"`     // hosts that answer for a moment on the way, in order

	Sick []string `json:"sick,omitempty"` // what is down on those in active, of what they track

	DetectMS int64 `json:"detect_ms"` // until the hosts have noticed the last failure, at most
	SettleMS int64 `json:"settle_ms"` // from then until active answer alone, at most
	OutageMS int64 `json:"outage_ms"` // for which nobody answers on the way, at most; when active is empty it means nothing

	Repaired *outcomeJSON `json:"repaired,omitempty"` // what comes of the repair of a single failure
}

// scenesAsJSON returns scenes for programs.
func scenesAsJSON(all []*scene) []sceneJSON {
	out := []sceneJSON{}
	for _, s := range all {
		pairs, leftOut := s.Pairs()
		out = append(out, sceneJSON{
			Vips: s.vips, Assumed: s.Assumed, Active: s.Calm().Active, LeftOut: leftOut,
			Singles: outcomesAsJSON(s.Singles()), Pairs: outcomesAsJSON(pairs),
		})
	}
	return out
}

func outcomesAsJSON(all []analysis.Outcome) []outcomeJSON {
	out := []outcomeJSON{}
	for _, o := range all {
		out = append(out, outcomeAsJSON(o))
	}
	return out
}

func outcomeAsJSON(o analysis.Outcome) outcomeJSON {
	out := outcomeJSON{
		Ordered: o.Ordered, Active: o.Active, Chance: o.Chance, Via: o.Via,
		DetectMS: milliseconds(o.Detect), SettleMS: milliseconds(o.Settle), OutageMS: milliseconds(o.Outage),
	}
	out.If, out.Sick = written(o.Failures), written(o.Sick)
	if o.Back != nil {
		back := outcomeAsJSON(*o.Back)
		out.Repaired = &back
	}
	return out
}

// written returns failures as --if takes them.
func written(failures []analysis.Failure) []string {
	var texts []string
	for _, f := range failures {
		texts = append(texts, f.String())
	}
	return texts
}
