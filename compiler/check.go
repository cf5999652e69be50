package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"hactl/lang/rule"
)

// report takes one finding.
type report func(*hcl.Diagnostic)

// ofOne are the checks of one vip by itself, ofAll those between vips and
// hosts. Each knows one rule, or a few that share their arithmetic, and each
// rule lives in one of them.
var (
	ofOne = []func(*vip, report){
		checkVersion,
		checkInterval,
		checkPreemption,
		checkAuth,
		checkAddresses,
		checkOwnAddresses,
		checkOwnerSource,
		checkSubnets,
		checkAdvertSize,
		checkEffects,
		checkTrackedInterfaces,
		checkOwnerTracks,
		checkSuccessor,
		checkHeldBack,
		checkRoom,
		checkWritten,
		checkEqual,
		checkOwner,
		checkPreference,
		checkSplit,
		checkGroup,
		checkSources,
		checkPeers,
		checkChecksum,
		checkLoopback,
		checkDetails,
		checkRoutes,
	}
	ofAll = []func(*model, report){
		checkVRIDs,
		checkSuspectVRIDs,
		checkVIPs,
		checkHostAddresses,
		checkOwnInterfaces,
		checkNeeds,
		checkHealthChecks,
		checkCommands,
		checkWeights,
		checkAims,
		checkRoutesTwice,
		checkTargets,
		checkUpgrades,
		checkEffect,
	}
)

// check reports every finding about m.
func check(m *model, report report) {
	for _, v := range m.vips {
		for _, c := range ofOne {
			c(v, report)
		}
	}
	for _, c := range ofAll {
		c(m, report)
	}
}

// related is short for one related place.
func related(message string, at hcl.Range) rule.Related {
	return rule.Related{Message: message, Range: at}
}
