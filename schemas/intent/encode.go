package intent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// MaxSize is the length of the longest document that Decode reads, in bytes.
const MaxSize = 4 << 20

// MaxText is the length of the longest text in a document, in bytes.
const MaxText = 4096

// ErrNewerFormat is what Decode returns for the document of a later version.
var ErrNewerFormat = errors.New("intents of a newer format")

// Encode returns h as indented JSON that ends in a newline.
func Encode(h *Host) []byte {
	c := *h
	c.Format = Format
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		panic("intent: own type cannot be encoded: " + err.Error())
	}
	return b.Bytes()
}

// Decode reads what Encode wrote, and nothing else: a key that is unknown, a hold
// that is there twice or data behind the document are errors. What an agent does
// not understand it must not half follow.
func Decode(data []byte) (*Host, error) {
	h, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("decode intents: %w", err)
	}
	return h, nil
}

func decode(data []byte) (*Host, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("document of %d bytes, more than %d", len(data), MaxSize)
	}
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, err
	}
	switch {
	case head.Format > Format:
		return nil, fmt.Errorf("%w: %d, and this hactl reads %d", ErrNewerFormat, head.Format, Format)
	case head.Format < 1:
		return nil, errors.New(`no "format": not intents of hactl`)
	}
	h := new(Host)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(h); err != nil {
		return nil, err
	}
	return h, h.check()
}

// check refuses what no hactl writes.
func (h *Host) check() error {
	if h.Host == "" || len(h.Host) > MaxText {
		return errors.New("it names no host")
	}
	if h.Drain != nil {
		if err := h.Drain.check(); err != nil {
			return fmt.Errorf("drain: %w", err)
		}
	}
	for i, hold := range h.Holds {
		if hold.Vip == "" || len(hold.Vip)+len(hold.Plan) > MaxText {
			return fmt.Errorf("hold %d names no vip", i+1)
		}
		if i > 0 && h.Holds[i-1].Vip >= hold.Vip {
			return fmt.Errorf("hold of %s: there twice, or not in order", hold.Vip)
		}
		if err := hold.check(); err != nil {
			return fmt.Errorf("hold of %s: %w", hold.Vip, err)
		}
	}
	for i, o := range h.Upgrades {
		if i > 0 && h.Upgrades[i-1].Name >= o.Name {
			return fmt.Errorf("order of %s: there twice, or not in order", o.Name)
		}
		if err := o.check(); err != nil {
			return fmt.Errorf("order of upgrade %q: %w", o.Name, err)
		}
	}
	if h.Confirmed != nil {
		if err := h.Confirmed.check(); err != nil {
			return fmt.Errorf("confirmation: %w", err)
		}
	}
	return nil
}

func (c Confirmation) check() error {
	if c.Trial == "" || len(c.Trial) > MaxText {
		return errors.New("it names no trial")
	}
	return c.Mark.check()
}

func (o Order) check() error {
	switch {
	case o.Name == "" || len(o.Name) > MaxText:
		return errors.New("it names no upgrade")
	case o.ID == "" || len(o.ID) > MaxText:
		return errors.New("it has no id")
	case o.Back != (o.SHA256 == "") || len(o.SHA256) > MaxText:
		return errors.New("it asks for a release by its hash, or for the way back")
	}
	return o.Mark.check()
}

func (m Mark) check() error {
	if m.Since.IsZero() || len(m.By) > MaxText {
		return errors.New("it does not say since when")
	}
	return nil
}
