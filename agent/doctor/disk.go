package doctor

import (
	"errors"
	"fmt"
	"io/fs"
)

// enough is the space that plans and reports need with room to spare.
const enough = 64 << 20

// examineDisk looks whether the agent can write its reports.
func examineDisk(h *Host) []Finding {
	if h.Dir == "" {
		return nil
	}
	free, err := h.Machine.Free(h.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannot("the space in "+h.Dir+" cannot be read", err)
	case free < enough:
		return []Finding{{Severity: Warning, Seen: fmt.Sprintf("%s has %d MiB free", h.Dir, free>>20),
			Why: "New plans and reports cannot be written when it is full; what runs goes on.", Do: []string{"df -h " + h.Dir}}}
	}
	return good(fmt.Sprintf("%s has space", h.Dir))
}
