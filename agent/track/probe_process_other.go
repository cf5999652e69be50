//go:build !linux

package track

import (
	"context"

	"hactl/schemas/plan"
)

// processProbe is for Linux only.
type processProbe struct{ gone chan struct{} }

func newProcessProbe(plan.ProcessProbe) *processProbe { return &processProbe{} }

func (*processProbe) release() {}

func (*processProbe) look(context.Context) outcome {
	return failed("processes cannot be looked for on this system")
}
