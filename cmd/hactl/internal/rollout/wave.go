package rollout

import (
	"fmt"

	"hactl/compiler/waves"
)

// Wave is a part of a rollout that begins when all before it is confirmed: turn
// after turn, the steps of one turn side by side.
type Wave struct {
	Stage  waves.Stage // what it is for, in a change-over
	Number string      // "1 of 3"; empty where there is but one
	Back   bool        // it takes something back
	Turns  [][]Step    // none without steps
}

// InWaves returns a course as it is carried out, given what is published in a step of a
// wave.
func InWaves(course []waves.Wave, published func(waves.Step, Wave) Step) []Wave {
	var all []Wave
	for i, w := range course {
		part := Wave{Stage: w.Stage}
		if len(course) > 1 {
			part.Number = fmt.Sprintf("%d of %d", i+1, len(course))
		}
		for _, turn := range w.Turns {
			var steps []Step
			for _, x := range turn {
				steps = append(steps, published(x, part))
			}
			part.Turns = append(part.Turns, steps)
		}
		all = append(all, part)
	}
	return all
}

// Purposes says what each stage of a change-over is for.
var Purposes = map[waves.Stage]string{
	waves.Accept: "take the old and the new",
	waves.Change: "send the new",
	waves.Drop:   "no longer take the old",
}

// returns says likewise what each stage is for when a change-over is taken back.
var returns = map[waves.Stage]string{
	waves.Accept: "take the old and the new",
	waves.Change: "send the old again",
	waves.Drop:   "no longer take the new",
}

// String says what a wave is for, "wave 1 of 3: take the old and the new"; empty where
// there is but one.
func (w Wave) String() string {
	if w.Number == "" {
		return ""
	}
	if w.Back {
		return fmt.Sprintf("wave %s: %s", w.Number, returns[w.Stage])
	}
	return fmt.Sprintf("wave %s: %s", w.Number, Purposes[w.Stage])
}
