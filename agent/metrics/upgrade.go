package metrics

import (
	"time"

	"hactl/agent/upgrade"
	"hactl/schemas/status"
)

var (
	upgradeCurrent     = gauge("hactl_upgrade_current", "1 while the release that the plan has of an upgrade is what runs.", "upgrade")
	upgradeStage       = gauge("hactl_upgrade_stage", "1 for the stage that an upgrade under way is at, 0 for the others; all of them are 0 while none is under way.", "upgrade", "stage")
	upgradeHeld        = gauge("hactl_upgrade_held_vips", "Vips that are kept away from the host while an upgrade is under way.", "upgrade")
	upgradeConnections = gauge("hactl_upgrade_connections", "Connections that an upgrade under way waits for.", "upgrade")
	upgradeTook        = gauge("hactl_upgrade_duration_seconds", "How long the order of an upgrade that is under way has taken so far, or the last one took; absent before the first.", "upgrade")
	upgradeEnded       = gauge("hactl_upgrade_last_end_timestamp_seconds", "When the last order of an upgrade ended; absent before the first, and while one is under way.", "upgrade")
	upgradeOrders      = counter("hactl_upgrade_orders_total", "Orders of an upgrade that have ended, by verdict. After stuck something serves and a person is needed, after down nothing does.", "upgrade", "verdict")
)

var upgradeFamilies = []*family{upgradeCurrent, upgradeStage, upgradeHeld, upgradeConnections, upgradeTook, upgradeEnded, upgradeOrders}

// The words of stages and verdicts.
var (
	upgradeStages   = words(upgrade.Stages())
	upgradeVerdicts = words(upgrade.Verdicts())
)

// upgrade writes what is said of one upgrade at a moment.
func (w writer) upgrade(u *status.Upgrade, now time.Time) {
	w.flag(upgradeCurrent, u.Current, u.Name)
	w.choice(upgradeStage, u.Stage, upgradeStages, u.Name)
	w.put(upgradeHeld, float64(len(u.Held)), u.Name)
	w.put(upgradeConnections, float64(u.Connections), u.Name)
	w.counts(upgradeOrders, u.Outcomes, upgradeVerdicts, u.Name)
	if u.Begun.IsZero() {
		return
	}
	end := now
	if u.Verdict != "" {
		end = u.Ended
	}
	w.put(upgradeTook, end.Sub(u.Begun).Seconds(), u.Name)
	w.instant(upgradeEnded, u.Ended, u.Name)
}
