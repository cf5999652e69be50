package main

import (
	"fmt"
	"strconv"
	"strings"

	"hactl/lang/rule"

	"github.com/hashicorp/hcl/v2"
)

// checkRequirement says that version, "0.1.0" or "0.1.0-dev", is not one that
// the configuration's required_version admits; nil when it is.
func (c *configuration) checkRequirement(version string) *hcl.Diagnostic {
	if c.result == nil || !c.result.RequiredVersion.Set {
		return nil
	}
	wanted := c.result.RequiredVersion
	ok, err := admits(wanted.V, version)
	if ok {
		return nil
	}
	if err != nil {
		return rule.VersionUnreadable.At(wanted.Range, fmt.Sprintf(`%v. Write one or more conditions with commas between them, as in ">= 0.1, < 1.0".`, err))
	}
	return rule.VersionTooOld.At(wanted.Range, fmt.Sprintf("This is hactl %s, and the configuration wants %s. Install such a version, or change required_version.", version, wanted.V))
}

// admits tells whether version meets all conditions of requirement: ">= 0.1",
// "> 0.1", "<= 1.2", "< 2", "= 0.1.3", "!= 0.1.2", with commas between them.
// Missing parts of a version are 0, and what follows a hyphen does not count.
func admits(requirement, version string) (bool, error) {
	is, err := parseVersion(version)
	if err != nil {
		panic("hactl: own version: " + err.Error())
	}
	for _, condition := range strings.Split(requirement, ",") {
		condition = strings.TrimSpace(condition)
		number := strings.TrimLeft(condition, "<>=!")
		operator := condition[:len(condition)-len(number)]
		wanted, err := parseVersion(strings.TrimSpace(number))
		if err != nil {
			return false, err
		}
		met, err := compare(is, operator, wanted)
		if !met || err != nil {
			return false, err
		}
	}
	return true, nil
}

// compare tells whether a operator b holds. No operator means equality.
func compare(a [3]int, operator string, b [3]int) (bool, error) {
	order := 0
	for i := range a {
		if order == 0 {
			order = a[i] - b[i]
		}
	}
	switch operator {
	case "", "=", "==":
		return order == 0, nil
	case "!=":
		return order != 0, nil
	case ">=":
		return order >= 0, nil
	case ">":
		return order > 0, nil
	case "<=":
		return order <= 0, nil
	case "<":
		return order < 0, nil
	}
	return false, fmt.Errorf("%q is no comparison of versions", operator)
}

// parseVersion reads one to three numbers with dots between them.
func parseVersion(s string) (v [3]int, err error) {
	number, _, _ := strings.Cut(s, "-")
	parts := strings.Split(number, ".")
	if len(parts) > len(v) {
		return v, fmt.Errorf("%q is no version", s)
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return v, fmt.Errorf("%q is no version", s)
		}
		v[i] = n
	}
	return v, nil
}
