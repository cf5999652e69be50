package track

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"hactl/agent/program"
	"hactl/schemas/plan"
)

// maxOutput is how many bytes of a program's output are kept: the last ones.
const maxOutput = 4096

// execProbe runs a program.
type execProbe struct {
	plan.ExecProbe
	check, host string
	run         func(context.Context, program.Program) program.Result
}

func (p execProbe) look(ctx context.Context) outcome {
	env := map[string]string{}
	maps.Copy(env, p.Environment)
	env["HACTL_CHECK"], env["HACTL_HOST"] = p.check, p.host
	r := p.run(ctx, program.Program{Argv: p.Command, User: p.User, Environment: env, OutputLimit: maxOutput})
	if r.Left != nil { // until then another run would be a second one
		<-r.Left
	}
	if r.Err == nil {
		return outcome{}
	}
	line := lastLine(r.Output)
	switch {
	case line == "":
		return outcome{err: r.Err}
	case strings.Contains(line, "Operation not permitted"), strings.Contains(line, "Permission denied"):
		return outcome{fmt.Errorf("missing rights, it seems, of user %s: %w: %s", p.User, r.Err, line), r.Output}
	}
	return outcome{fmt.Errorf("%w: %s", r.Err, line), r.Output}
}

// maxLine is how much of a line of output is worth a cause.
const maxLine = 200

// lastLine returns the last line of a program's output that is not blank, clipped.
func lastLine(output string) string {
	output = strings.TrimSpace(output)
	line := strings.TrimSpace(output[strings.LastIndexByte(output, '\n')+1:])
	if len(line) > maxLine {
		line = strings.ToValidUTF8(line[:maxLine], "") + "…"
	}
	return line
}
