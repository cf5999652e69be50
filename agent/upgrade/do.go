package upgrade

import (
	"fmt"
	"slices"
	"time"
)

// insist sends a signal when the time of the stage is over, and waits once more.
func (m *Machine) insist(now Instant, s Signal, to ...Process) {
	m.again = true
	m.deadline = now.Add(m.patience)
	m.send(s, to...)
	m.acting = len(to) > 0
}

// send sends a signal, unless there is nobody to get it.
func (m *Machine) send(s Signal, to ...Process) {
	if len(to) > 0 {
		m.do(Send{To: slices.Clone(to), Signal: s})
	}
}

// wait tells what the stage waits for, once.
func (m *Machine) wait(text string) {
	if text != m.waiting {
		m.waiting = text
		m.do(Waiting{text})
	}
}

// do appends effects.
func (m *Machine) do(effects ...Effect) { m.effects = append(m.effects, effects...) }

// workerTimeout is how long workers may finish their connections.
func (m *Machine) workerTimeout() time.Duration {
	return time.Duration(m.rec.Upgrade.WorkerTimeout()) * time.Millisecond
}

// count returns a number of things in words; a negative one is not known.
func count(n int, thing string) string {
	switch {
	case n < 0:
		return "an unknown number of " + thing + "s"
	case n == 1:
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
