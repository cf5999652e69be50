package plan

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxSize is the length of the longest document that Decode reads, in bytes.
// Ten thousand routers are about a tenth of it.
const MaxSize = 64 << 20

// ErrNewerFormat is what Decode returns for a document of a later version of
// hactl. Whoever meets it keeps what it has.
var ErrNewerFormat = errors.New("plan of a newer format")

// ErrDamaged is what Decode returns for a document whose bytes are not those
// that were written: cut off, no JSON, or of another hash.
var ErrDamaged = errors.New("damaged plan")

// Canonical returns the bytes that the hash covers: format and plan as JSON
// without white space, keys in the order of the types. Equal plans have equal
// bytes. The plan must be valid.
func (p *Plan) Canonical() []byte {
	return canonical(p.body())
}

// Hash returns "sha256:" and the hexadecimal SHA-256 of the canonical bytes.
func (p *Plan) Hash() string {
	return hash(p.Canonical())
}

// Encode returns the document of p: indented, ending in a newline, the same
// bytes for the same arguments. It refuses a plan or a trial that is not valid,
// and a document that would be longer than MaxSize.
func Encode(p *Plan, e Envelope) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("encode plan of host %q: %w", p.Host, err)
	}
	if t := e.Trial; t != nil {
		if err := t.Validate(); err != nil {
			return nil, fmt.Errorf("encode plan of host %q: %w", p.Host, err)
		}
	}
	data := marshal(wire{Format: Format, Hash: p.Hash(), Envelope: e, Plan: p.body()})
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		panic("plan: own document is no JSON: " + err.Error())
	}
	out.WriteByte('\n')
	if out.Len() > MaxSize {
		return nil, fmt.Errorf("encode plan of host %q: document of %d bytes, more than %d", p.Host, out.Len(), MaxSize)
	}
	return out.Bytes(), nil
}

// Decode reads a document that Encode wrote. White space aside it takes nothing
// else: unknown, repeated or misspelt keys, another order, data behind the
// document, a wrong hash and an invalid plan are refused. errors.Is tells
// ErrNewerFormat and ErrDamaged from the rest.
func Decode(data []byte) (*Document, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("decode plan: document of %d bytes, more than %d", len(data), MaxSize)
	}
	var w wire
	err := strict(data, &w)
	if err != nil || w.Format != Format { // else it is of this format, and not damaged
		err = cmp.Or(checkFormat(data), err)
	}
	if err != nil {
		return nil, fmt.Errorf("decode plan: %w", err)
	}
	d := &Document{Format: w.Format, Hash: w.Hash, Envelope: w.Envelope}
	if t := d.OnTrial(); t != nil {
		if err := t.Validate(); err != nil {
			return nil, fmt.Errorf("decode plan: %w", err)
		}
	}
	if err := d.open(w.Plan); err != nil {
		return nil, fmt.Errorf("decode plan: %w", err)
	}
	return d, nil
}

// wire is a Document whose plan has not been looked into: its hash comes first.
type wire struct {
	Format   int             `json:"format"`
	Hash     string          `json:"hash"`
	Envelope Envelope        `json:"envelope"`
	Plan     json.RawMessage `json:"plan"`
}

// open checks body against d's hash and makes it d's plan.
func (d *Document) open(body []byte) error {
	if len(body) == 0 {
		return fmt.Errorf("%w: no plan in the document", ErrDamaged)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		panic("plan: decoded message is no JSON: " + err.Error())
	}
	if is := hash(canonical(compact.Bytes())); is != d.Hash {
		return fmt.Errorf("%w: its hash is %s, and the document says %q", ErrDamaged, is, d.Hash)
	}
	if err := json.Unmarshal(body, &d.Plan); err != nil {
		return err
	}
	if !bytes.Equal(d.Plan.body(), compact.Bytes()) {
		return cmp.Or(strict(body, new(Plan)), errors.New("not in canonical form: a key twice, or in another order or case, or a number or string in another form"))
	}
	return d.Plan.Validate()
}

// body returns the plan itself as canonical JSON.
func (p *Plan) body() []byte {
	c := *p
	if c.Routers == nil {
		c.Routers = []Router{}
	}
	return marshal(c)
}

// canonical returns what the hash of a plan with this body covers.
func canonical(body []byte) []byte {
	return fmt.Appendf(nil, `{"format":%d,"plan":%s}`, Format, body)
}

func hash(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// marshal returns v as JSON in which "<", ">" and "&" stay as they are.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("plan: own type cannot be encoded: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// checkFormat looks at nothing but the format, as the rest of a newer document
// may be anything.
func checkFormat(data []byte) error {
	var head struct {
		Format *int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	switch {
	case head.Format == nil:
		return errors.New(`no "format": not a plan of hactl`)
	case *head.Format > Format:
		return fmt.Errorf("%w: %d, and this hactl reads %d: install the hactl that wrote it on this host, or apply again with one as old as this",
			ErrNewerFormat, *head.Format, Format)
	case *head.Format < 1:
		return fmt.Errorf("format %d: there is none below 1", *head.Format)
	}
	return nil
}

// strict decodes one JSON value into v, and nothing behind it.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("data behind the document")
	}
	return nil
}
