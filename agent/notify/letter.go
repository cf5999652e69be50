package notify

import (
	"fmt"
	"io"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"hactl/schemas/event"
	"hactl/schemas/plan"

	"github.com/wneessen/go-mail"
)

// message is a mail and its envelope.
type message struct {
	io.WriterTo
	id         string   // Message-ID
	sender     string   // "<hactl@example.com>"
	recipients []string // likewise
}

// compose writes the mail about a delivery, dated now. Its Message-ID follows
// from what it tells: when a server has got a mail, but could not say so any
// more, the second one is the same.
func compose(target string, t *plan.MailTarget, d Delivery, now time.Time) (*message, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.From(t.From); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	if err := m.To(t.To...); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	from := m.GetFrom()[0].Address
	id := messageID(target, d, from)
	m.SetMessageIDWithValue(id)
	m.SetDateWithValue(now)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation replies
	m.Subject(subject(d.Events))
	m.SetBodyString(mail.TypeTextPlain, body(d))
	text := &message{WriterTo: m, id: id, sender: bracketed(from)}
	for _, to := range m.GetTo() {
		text.recipients = append(text.recipients, bracketed(to.Address))
	}
	return text, nil
}

// bracketed is an address as the envelope has it.
func bracketed(address string) string { return (&netmail.Address{Address: address}).String() }

// messageID names a mail by its target, host, and first and last event.
func messageID(target string, d Delivery, from string) string {
	first, last := d.Events[0], d.Events[len(d.Events)-1]
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(first.Host+"."+target))
	domain := from[strings.LastIndex(from, "@")+1:]
	return fmt.Sprintf("%s.%d.%d-%d@%s", safe, first.Time.UnixNano(), first.Sequence, last.Sequence, domain)
}

// named is how many vips a subject names.
const named = 3

// subject says how each vip is now, those that changed last first.
func subject(events []event.Event) string {
	var parts []string
	seen := map[string]bool{}
	for _, e := range slices.Backward(events) {
		if !seen[e.Vip] {
			seen[e.Vip] = true
			parts = append(parts, e.Vip+" "+verb(e))
		}
	}
	if more := len(parts) - named; more > 0 {
		parts = append(parts[:named], fmt.Sprintf("and %d more", more))
	}
	return events[0].Host + ": " + strings.Join(parts, ", ")
}

// verb says in words what a vip is, or that it has a conflict.
func verb(e event.Event) string {
	switch c := e.Conflict; {
	case c != nil && c.Ended:
		return "has no conflict " + c.Kind + " any more"
	case c != nil:
		return "has a conflict " + c.Kind
	}
	return map[plan.Event]string{
		plan.OnActive: "is active", plan.OnBackup: "is backup", plan.OnFault: "has a fault", plan.OnStop: "has stopped",
	}[e.Event]
}

// body tells the events, oldest first.
func body(d Delivery) string {
	var b strings.Builder
	for _, e := range d.Events {
		fmt.Fprintf(&b, "%s  %s %s on %s\n", e.Time.UTC().Format("2006-01-02 15:04:05.000 MST"), e.Vip, verb(e), e.Host)
		for _, line := range []struct{ label, value string }{
			{"before", e.Old},
			{"because", e.Cause},
			{"priority", fmt.Sprint(e.Priority)},
			{"addresses", strings.Join(e.Addresses, ", ")},
			{"active is", e.Peer},
			{"written at", e.Origin},
			{"plan", e.Plan},
		} {
			if line.value != "" {
				fmt.Fprintf(&b, "    %-12s%s\n", line.label, line.value)
			}
		}
		b.WriteString("\n")
	}
	if d.Missed > 0 {
		fmt.Fprintf(&b, "%d earlier events are not told here: newer ones had overtaken them, or this mail server refused them.\n\n", d.Missed)
	}
	fmt.Fprintf(&b, "Now: hactl status on %s.\n", d.Events[0].Host)
	return b.String()
}
