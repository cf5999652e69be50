package track

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"hactl/agent/program"
	"hactl/schemas/plan"
)

// proberOf returns the prober of a check, which is valid.
func proberOf(c plan.Check, host string) prober {
	switch {
	case c.HTTP != nil:
		return prober{probe: httpProbe{*c.HTTP}.look}
	case c.TCP != nil:
		return prober{probe: tcpProbe{*c.TCP}.look}
	case c.Exec != nil:
		return prober{probe: execProbe{ExecProbe: *c.Exec, check: c.Name, host: host, run: program.Run}.look}
	case c.Process != nil:
		p := newProcessProbe(*c.Process)
		return prober{probe: p.look, alarm: p.gone, end: p.release}
	case c.File != nil:
		return prober{probe: fileProbe{*c.File}.look}
	case c.Ping != nil:
		return prober{probe: pingProbe{*c.Ping}.look}
	}
	panic("track: check " + c.Name + " has no probe")
}

// failed is an outcome that is a failure.
func failed(format string, args ...any) outcome {
	return outcome{err: fmt.Errorf(format, args...)}
}

// cause says in words why a run failed; empty when it did not. Missing rights are
// named first: they are no fault of the service.
func cause(err error) string {
	var u *url.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &u):
		err = u.Err // the URL is that of the check
	}
	if errors.Is(err, fs.ErrPermission) {
		return "missing rights: " + err.Error()
	}
	return err.Error()
}
