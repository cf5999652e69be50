package track

import (
	"context"
	"net"

	"hactl/schemas/plan"
)

// tcpProbe opens a connection and closes it.
type tcpProbe struct{ plan.TCPProbe }

func (p tcpProbe) look(ctx context.Context) outcome {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.Address)
	if err != nil {
		return outcome{err: err}
	}
	conn.Close()
	return outcome{}
}
