package agent

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"hactl/agent/kernel"
	"hactl/agent/node"
	"hactl/agent/store"
)

// comesBack are the words of SERVICE_RESULT (systemd.exec(5)) after which a unit with
// Restart=always is started again: that agent finds the addresses, and goes on with
// them. After the others the unit stays down.
var comesBack = map[string]bool{
	"protocol": true, "exit-code": true, "signal": true, "core-dump": true, "watchdog": true, "oom-kill": true,
}

// startsAgain says whether systemd, which does such a job with the unit, is about to start
// another agent after one that ended so.
func startsAgain(result, job string) bool {
	switch job {
	case jobRestart:
		return true
	case jobStop: // also of an agent that died on its way out
		return false
	}
	return comesBack[result]
}

// Cleanup removes the addresses, routes and rules that an agent of this host has left
// behind, and returns what it did, in words. It does nothing while an agent runs, nor
// when systemd, which calls it after each end of one, is about to start another.
func Cleanup(cfg Config, dir string) (done string, err error) {
	names, err := cfg.Names()
	if err != nil {
		return "", err
	}
	d, err := store.OpenDir(dir)
	if err != nil {
		return "", err
	}
	defer d.Close()
	result, doing := os.Getenv("SERVICE_RESULT"), "" // systemd calls it, or a person
	if result != "" {
		doing = job()
	}
	if doing == jobStop { // which may have come after the agent had left everything to another one
		if err := d.SaveEstate(names[0], nil); err != nil {
			return "", err
		}
	} else if h, err := inherited(d, names); h != nil && err == nil {
		return "nothing is removed: the agent is restarted, and the next one goes on", nil
	}
	if startsAgain(result, doing) {
		return fmt.Sprintf("nothing is removed: the agent ended with %s and is started again", result), nil
	}
	state := filepath.Join(d.Path(), "state")
	locks, err := lock(cfg, state, names)
	if errors.Is(err, errOtherAgent) {
		return "nothing is removed: " + err.Error(), nil
	}
	if err != nil {
		return "", err
	}
	defer locks.release()
	k := kernel.New(filepath.Join(state, names[0]+".addresses"), cfg.Log)
	defer k.Close()
	if _, err := k.Observe(); err != nil {
		return "", fmt.Errorf("look for what is left: %w", err)
	}
	held, _ := k.Converge(node.Wishes{}, func(string, netip.Addr) {}, func() bool { return true })
	if left := leftBehind(held); left != nil {
		return "", left
	}
	return "nothing of hactl's is left on this host", nil
}

// leftBehind says what could not be removed.
func leftBehind(held node.Holdings) error {
	var left []error
	for _, h := range held.Addresses {
		left = append(left, fmt.Errorf("remove %s from %s: %s", h.Wish.Prefix, h.Wish.Interface, h.Problem))
	}
	for _, h := range held.Routes {
		left = append(left, fmt.Errorf("remove route %s: %s", h.Wish, h.Problem))
	}
	for _, h := range held.Rules {
		left = append(left, fmt.Errorf("remove rule %s: %s", h.Wish, h.Problem))
	}
	return errors.Join(left...)
}
