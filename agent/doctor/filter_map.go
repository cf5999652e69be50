package doctor

// choose returns what may become of an advert by a verdict map: a rule that says for
// each value of a field what to do ("ct state vmap { established : accept }").
func (t trial) choose(value any, r rule) verdicts {
	m, _ := value.(map[string]any)
	kind, data := single(m["data"])
	entries, listed := data.([]any)
	if kind != "set" || !listed {
		return unclear // a named map, say, whose elements are elsewhere
	}
	var may verdicts
	otherwise := goesOn
	for _, e := range entries {
		entry, _ := e.([]any)
		if len(entry) != 2 {
			return unclear
		}
		kind, target := single(entry[1])
		v := t.verdict(kind, target, r)
		if entry[0] == "*" {
			otherwise = v
			continue
		}
		switch t.advert.compare(m["key"], entry[0]) {
		case yes:
			return may | v
		case maybe:
			may |= v
		}
	}
	return may | otherwise
}
