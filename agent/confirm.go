package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"hactl/agent/trial"
	"hactl/schemas/intent"
	"hactl/schemas/status"
)

// serveConfirm confirms the plan on trial for whoever may use the control socket. The
// body is an intent.Confirmation of which anything may be missing.
func (a *Agent) serveConfirm(w http.ResponseWriter, r *http.Request) {
	var said intent.Confirmation
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4*intent.MaxText)).Decode(&said)
	if err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, "read the confirmation: "+err.Error(), http.StatusBadRequest)
		return
	}
	if said.Since.IsZero() {
		said.Since = time.Now().UTC()
	}
	known, err := a.confirm(r.Context(), said)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	if why := unconfirmed(known, said); why != "" {
		http.Error(w, why, http.StatusConflict)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(a.trials.report(known)) // a client that has gone needs no answer
}

// confirm lets whoever looks into the store know of a confirmation, and returns what
// is known of the trial afterwards.
func (a *Agent) confirm(ctx context.Context, said intent.Confirmation) (*trial.Record, error) {
	c := confirming{said, make(chan *trial.Record, 1)}
	select {
	case a.trials.asked <- c:
	case <-a.done:
		return nil, errLeaving
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case r := <-c.done:
		return r, nil
	case <-a.done:
		return nil, errLeaving
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// unconfirmed says why a confirmation did nothing; empty: it did.
func unconfirmed(r *trial.Record, said intent.Confirmation) string {
	switch {
	case r == nil:
		return "no plan is on trial on this host"
	case said.Trial != "" && said.Trial != r.Trial.ID:
		return fmt.Sprintf("another plan is on trial on this host by now, %s: look at it first", r.Trial.ID)
	case r.State == status.Returned:
		return fmt.Sprintf("too late: this host went back to the plan before at %s, as %s", r.Ended.Since.Format(time.RFC3339), r.Why)
	}
	return ""
}
