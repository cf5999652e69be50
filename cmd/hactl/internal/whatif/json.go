package whatif

import (
	"time"

	"hactl/compiler/analysis"
)

// TableJSON is what plan --what-if prints with --json.
type TableJSON struct {
	WhatIf []SceneJSON `json:"what_if"` // sorted by the first vip
}

// SceneJSON is vips, and what becomes of them whatever fails.
type SceneJSON struct {
	Vips    []string      `json:"vips"`               // sorted; of all of them the same becomes
	Assumed []string      `json:"assumed,omitempty"`  // hosts without a plan, which count as healthy whatever fails there
	Active  []string      `json:"active"`             // while all is well
	Singles []OutcomeJSON `json:"singles"`            // every single failure
	Pairs   []OutcomeJSON `json:"pairs"`              // every two failures, once where both orders have the same result
	LeftOut string        `json:"left_out,omitempty"` // why pairs has none, in a sentence
}

// OutcomeJSON is what comes of failures, one after the other.
type OutcomeJSON struct {
	If      []string `json:"if"`                // as --if takes them
	Ordered bool     `json:"ordered,omitempty"` // in another order something else comes of them
	Active  []string `json:"active"`            // hosts that answer in the end; none, or several that do not hear each other
	Chance  []string `json:"chance,omitempty"`  // hosts of which milliseconds choose the one in active
	Via     []string `json:"via,omitempty"`     // hosts that answer for a moment on the way, in order

	Sick []string `json:"sick,omitempty"` // what is down on those in active, of what they track

	DetectMS int64 `json:"detect_ms"` // until the hosts have noticed the last failure, at most
	SettleMS int64 `json:"settle_ms"` // from then until active answer alone, at most
	OutageMS int64 `json:"outage_ms"` // for which nobody answers on the way, at most; when active is empty it means nothing

	Repaired *OutcomeJSON `json:"repaired,omitempty"` // what comes of the repair of a single failure
}

// JSON returns scenes for programs.
func JSON(all []*Scene) []SceneJSON {
	out := []SceneJSON{}
	for _, s := range all {
		pairs, leftOut := s.Pairs()
		out = append(out, SceneJSON{
			Vips: s.Vips, Assumed: s.Assumed, Active: s.Calm().Active, LeftOut: leftOut,
			Singles: outcomes(s.Singles()), Pairs: outcomes(pairs),
		})
	}
	return out
}

func outcomes(all []analysis.Outcome) []OutcomeJSON {
	out := []OutcomeJSON{}
	for _, o := range all {
		out = append(out, outcome(o))
	}
	return out
}

func outcome(o analysis.Outcome) OutcomeJSON {
	out := OutcomeJSON{
		Ordered: o.Ordered, Active: o.Active, Chance: o.Chance, Via: o.Via,
		DetectMS: milliseconds(o.Detect), SettleMS: milliseconds(o.Settle), OutageMS: milliseconds(o.Outage),
	}
	out.If, out.Sick = written(o.Failures), written(o.Sick)
	if o.Back != nil {
		back := outcome(*o.Back)
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

// AnswersJSON is what plan --if prints with --json.
type AnswersJSON struct {
	WhatIf []AnswerJSON `json:"what_if"` // of the vips that the failures concern, sorted by the first
}

// AnswerJSON is what becomes of one scene, step by step.
type AnswerJSON struct {
	Vips   []string      `json:"vips"`   // sorted; of all of them the same becomes
	Active []string      `json:"active"` // before anything happens
	Steps  []OutcomeJSON `json:"steps"`  // what comes of the first failure, of the first two, and so on
}

// milliseconds rounds d up.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
