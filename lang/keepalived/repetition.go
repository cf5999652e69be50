package keepalived

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// repetition is what a line that is repeated begins with.
var repetition = regexp.MustCompile(`^\s*~(SEQx?|LST)\s*\(([^()]*)\)\s*`)

// repeats returns the names and the values of ~SEQ(name, start, step, end), also
// without start and step, of ~LST(name, value, …) and of
// ~LST({name, …}, {value, …}, …), or what is wrong with it, a phrase. Of very
// many values only some are made.
func repeats(kind, arguments string) (names []string, all [][]string, wrong string) {
	fields := groups(arguments)
	names = fields[0]
	switch {
	case len(fields) < 2 || names[0] == "":
		return nil, nil, "~" + kind + " needs a name and values"
	case kind != "LST":
		all, wrong = numbers(kind, fields[1:])
		if len(names) > 1 {
			wrong = "~" + kind + " has one name"
		}
		return names, all, wrong
	}
	for _, f := range fields[1:] {
		if len(f) != len(names) {
			return nil, nil, fmt.Sprintf("each value of this ~LST is for %d names", len(names))
		}
	}
	return names, fields[1:], ""
}

// groups splits arguments at commas, except inside of braces: each is a list,
// mostly of one.
func groups(arguments string) (all [][]string) {
	for arguments != "" || all == nil {
		var group string
		arguments = strings.TrimSpace(arguments)
		if inside, ok := strings.CutPrefix(arguments, "{"); ok {
			group, arguments, _ = strings.Cut(inside, "}")
			_, arguments, _ = strings.Cut(arguments, ",")
			all = append(all, trimmed(strings.Split(group, ",")))
			continue
		}
		group, arguments, _ = strings.Cut(arguments, ",")
		all = append(all, []string{strings.TrimSpace(group)})
	}
	return all
}

func trimmed(all []string) []string {
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// numbers returns the numbers of ~SEQ, or of ~SEQx, which writes them with the
// base 16.
func numbers(kind string, fields [][]string) (all [][]string, wrong string) {
	var n []int64
	for _, f := range fields {
		v, err := strconv.ParseInt(f[0], 0, 32)
		if err != nil || len(f) > 1 {
			return nil, shown(f[0]) + " is no number"
		}
		n = append(n, v)
	}
	start, step, end, wrong := bounds(n)
	if wrong != "" {
		return nil, wrong
	}
	format := "%d"
	if kind == "SEQx" {
		format = "%x"
	}
	for v := start; (step > 0 && v <= end || step < 0 && v >= end) && len(all) <= maxList; v += step {
		all = append(all, []string{fmt.Sprintf(format, v)})
	}
	return all, ""
}

// bounds returns where numbers begin, how they go on and where they end: without a
// start at 1 or -1, without a step in steps of 1 towards the end.
func bounds(n []int64) (start, step, end int64, wrong string) {
	sign := func(positive bool) int64 {
		if positive {
			return 1
		}
		return -1
	}
	switch len(n) {
	case 1:
		return sign(n[0] >= 0), sign(n[0] >= 1), n[0], ""
	case 2:
		return n[0], sign(n[0] <= n[1]), n[1], ""
	case 3:
		if n[1] == 0 || (n[2]-n[0])*n[1] < 0 {
			return 0, 0, 0, fmt.Sprintf("steps of %d do not lead from %d to %d", n[1], n[0], n[2])
		}
		return n[0], n[1], n[2], ""
	}
	return 0, 0, 0, "~SEQ has a start, a step and an end"
}
