package fleet

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"hactl/agent/upgrade"
	"hactl/lang/rule"
	"hactl/schemas/plan"
	"hactl/schemas/status"
)

// UpgradeOf returns the upgrade of that name, nil when p, which may be nil, has none.
func UpgradeOf(p *plan.Document, name string) *plan.Upgrade {
	if p == nil {
		return nil
	}
	i := slices.IndexFunc(p.Plan.Upgrades, func(u plan.Upgrade) bool { return u.Name == name })
	if i < 0 {
		return nil
	}
	return &p.Plan.Upgrades[i]
}

// UpgradeReport returns what a report, which may be nil, says of an upgrade; nil when
// it says nothing.
func UpgradeReport(s *status.Host, name string) *status.Upgrade {
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.Upgrades, func(u status.Upgrade) bool { return u.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Upgrades[i]
}

// IsUnderWay reports whether an order is being carried out.
func IsUnderWay(u *status.Upgrade) bool { return u != nil && u.Order != nil && u.Verdict == "" }

// Waits reports whether an order has been heard of by its agent, and not been begun.
func Waits(u *status.Upgrade) bool { return IsUnderWay(u) && u.Stage == "" && u.Begun.IsZero() }

// StageOf is how far the order is that is under way, in a word; empty when none is.
func StageOf(u *status.Upgrade) string {
	if !IsUnderWay(u) {
		return ""
	}
	if Waits(u) {
		return "waits"
	}
	return cmp.Or(u.Stage, "begins")
}

// Succeeds reports whether an order that ended so has brought what it asked for.
func Succeeds(verdict string) bool {
	return verdict == string(upgrade.Committed) || verdict == string(upgrade.Current)
}

// VersionOf is what is there by a report: its version, or where it says none the
// beginning of its hash; empty while neither is known.
func VersionOf(u *status.Upgrade) string {
	if u.Version != "" || len(u.SHA256) < 12 {
		return u.Version
	}
	return u.SHA256[:12]
}

// Upgrades returns the names of all upgrades, sorted.
func (f *Fleet) Upgrades() []string {
	names := map[string]bool{}
	for _, m := range f.Members {
		if m.Stored != nil {
			for _, u := range m.Stored.Plan.Upgrades {
				names[u.Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// NoUpgrade says that there is no upgrade of a name, and which there are.
func (f *Fleet) NoUpgrade(name string) error {
	names := f.Upgrades()
	if len(names) == 0 {
		return fmt.Errorf("no plan in the store has an upgrade %s, nor any other", name)
	}
	return fmt.Errorf("no plan in the store has an upgrade %s%s: there are %s", name, Meant(name, names), rule.List(names))
}

// Settle waits a moment until the agents that run have looked at what is there.
func (f *Fleet) Settle(ctx context.Context, upgrade string) {
	_ = f.Await(ctx, Patience, func() bool { // what is not known then is found out when it is the host's turn
		return !slices.ContainsFunc(f.Members, func(m *Member) bool {
			u := UpgradeReport(m.Status, upgrade)
			return m.Alive && UpgradeOf(m.Stored, upgrade) != nil && (u == nil || !u.Current && u.SHA256 == "")
		})
	})
}
