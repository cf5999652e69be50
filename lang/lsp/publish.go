package lsp

import (
	"maps"
	"slices"
)

// Changed returns the folders that were changed since it was called last, as they
// are now, and forgets of those that were closed.
func (s *Session) Changed() (changed []*Snapshot, closed []Published) {
	if len(s.dirty) == 0 {
		return nil, nil
	}
	s.round++
	for _, k := range slices.Sorted(maps.Keys(s.dirty)) {
		if dir := s.folders[k]; dir != nil {
			snapshot := dir.snapshot(s.round)
			snapshot.Key = k
			dir.round = s.round
			changed = append(changed, snapshot)
			continue
		}
		for _, uri := range slices.Sorted(maps.Keys(s.published[k])) {
			closed = append(closed, Published{URI: uri, Diagnostics: []Diagnostic{}})
		}
		delete(s.published, k)
	}
	clear(s.dirty)
	return changed, closed
}

// Publish returns what is to be told of the findings in a snapshot: those of files
// that are open or have some, and that others have none any more. Of a folder that
// has changed since there is nothing to tell.
func (s *Session) Publish(of *Snapshot, all []Published) []Published {
	dir := s.folders[of.Key]
	if dir == nil || dir.round != of.round {
		return nil
	}
	before, now := s.published[of.Key], map[string]bool{}
	var told []Published
	for _, p := range all {
		if s.documents[p.URI] != nil {
			s.found[p.URI] = p.Diagnostics
		}
		if len(p.Diagnostics) > 0 || before[p.URI] || s.documents[p.URI] != nil {
			told = append(told, p)
		}
		if len(p.Diagnostics) > 0 {
			now[p.URI] = true
		}
		delete(before, p.URI)
	}
	for _, uri := range slices.Sorted(maps.Keys(before)) {
		told = append(told, Published{URI: uri, Diagnostics: []Diagnostic{}}) // of a file that is gone
	}
	s.published[of.Key] = now
	return told
}

// Folders returns the folders that are open.
func (s *Session) Folders() []string {
	var all []string
	for _, dir := range s.folders {
		all = append(all, dir.dir)
	}
	return all
}
