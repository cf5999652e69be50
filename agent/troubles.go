package agent

import "log/slog"

// troubles are errors that have been logged, by what failed.
type troubles map[string]string

// note logs what failed, once, and once that it works again.
func (t troubles) note(log *slog.Logger, what, where string, err error) {
	key := what + " " + where
	switch before, troubled := t[key]; {
	case err == nil && troubled:
		log.Info("works again: "+what, "where", where)
		delete(t, key)
	case err != nil && before != err.Error():
		log.Warn(what, "where", where, "error", err)
		t[key] = err.Error()
	}
}
