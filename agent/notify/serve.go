package notify

import (
	"encoding/json"
	"net/http"
	"time"

	"hactl/schemas/event"
)

// stalled is how long a reader may take nothing before it is cut off.
const stalled = 30 * time.Second

// ServeHTTP writes the stream as JSON lines: the backlog, and with the query
// follow=1 what comes after it. A reader that is too slow gets an event.Cut as its
// last line; one that takes nothing at all is left.
func (s *Stream) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r := s.read(request.URL.Query().Get("follow") == "1")
	defer r.leave()
	w.Header().Set("Content-Type", "application/jsonl")
	control, lines := http.NewResponseController(w), json.NewEncoder(w)
	if control.Flush() != nil {
		return
	}
	for ended := false; !ended; {
		var events []event.Event
		var missed uint64
		events, missed, ended = r.next(request.Context())
		for _, e := range events {
			_ = control.SetWriteDeadline(time.Now().Add(stalled)) // where there is none, nothing stalls
			if lines.Encode(e) != nil {
				return // it has gone, or takes nothing
			}
		}
		if missed > 0 {
			_ = lines.Encode(event.Cut{Missed: missed}) // the reader ends either way
		}
		if control.Flush() != nil {
			return
		}
	}
}
