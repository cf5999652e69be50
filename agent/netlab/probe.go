package netlab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Patience is how long a probe waits for its reply: one that comes later is
// lost.
const Patience = time.Second

// probeSize is the length of a probe: its number, big-endian.
const probeSize = 8

// Probe is the client that counts: it sends a numbered packet at fixed
// intervals and notes who answers. Its methods may be called from any
// goroutine.
type Probe struct {
	conn   *net.UDPConn
	target netip.AddrPort
	every  time.Duration
	began  time.Time
	stop   chan struct{}
	once   sync.Once
	ended  sync.WaitGroup

	mu   sync.Mutex
	sent []sample // by number
}

// sample is one probe.
type sample struct {
	at    time.Duration // sent, since the beginning
	reply time.Duration // received, since the beginning; 0: not
	by    string        // the host that answered
}

// Probe starts to probe target from the host, at the interval every,
// greater than 0. A link-local target needs the host's interface as zone. The
// probe runs until Stop, or until the lab closes.
func (h *Host) Probe(target netip.Addr, every time.Duration) (*Probe, error) {
	p := &Probe{every: every, began: time.Now(), stop: make(chan struct{})}
	zoned, err := h.numberZone(target)
	if err != nil {
		return nil, fmt.Errorf("probe %s from %s: %w", target, h.Name, err)
	}
	p.target = netip.AddrPortFrom(zoned, EchoPort)
	network := "udp6"
	if target.Is4() {
		network = "udp4"
	}
	err = h.Do(func() (err error) {
		p.conn, err = net.ListenUDP(network, nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("probe %s from %s: %w", target, h.Name, err)
	}
	h.lab.running = append(h.lab.running, p)
	p.ended.Go(p.send)
	p.ended.Go(p.receive)
	return p, nil
}

// numberZone replaces a zone's name by its index: package net looks names up in
// one table for all namespaces.
func (h *Host) numberZone(a netip.Addr) (netip.Addr, error) {
	if a.Zone() == "" {
		return a, nil
	}
	link, err := h.ns.link(a.Zone())
	if err != nil {
		return a, err
	}
	return a.WithZone(strconv.Itoa(link.Attrs().Index)), nil
}

// send sends a probe at every instant that is a multiple of the interval. When
// it was held up, it leaves out the instants that have passed: Report.Gap tells.
func (p *Probe) send() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-timer.C:
		}
		p.sendOne()
		now := time.Since(p.began)
		timer.Reset(now.Truncate(p.every) + p.every - now)
	}
}

// sendOne sends the next probe. One that the kernel refuses (no route) counts
// as sent: its reply is lost.
func (p *Probe) sendOne() {
	p.mu.Lock()
	number := len(p.sent)
	p.sent = append(p.sent, sample{at: time.Since(p.began)})
	p.mu.Unlock()
	packet := binary.BigEndian.AppendUint64(nil, uint64(number))
	_, _ = p.conn.WriteToUDPAddrPort(packet, p.target)
}

// receive notes replies until the socket is closed.
func (p *Probe) receive() {
	packet := make([]byte, 1500)
	for {
		n, from, err := p.conn.ReadFromUDPAddrPort(packet)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil { // else the network reported something; replies may follow
			p.note(packet[:n], from)
		}
	}
}

// note notes a reply. A reply from another address than the target's is none.
func (p *Probe) note(packet []byte, from netip.AddrPort) {
	if len(packet) < probeSize || from.Addr().Unmap().WithZone("") != p.target.Addr().WithZone("") {
		return
	}
	number := binary.BigEndian.Uint64(packet)
	p.mu.Lock()
	defer p.mu.Unlock()
	if number >= uint64(len(p.sent)) || p.sent[number].reply != 0 {
		return
	}
	p.sent[number].reply = time.Since(p.began)
	p.sent[number].by = string(packet[probeSize:])
}

// Report tells what the probe has seen so far. Probes that may still be
// answered in time are left out.
func (p *Probe) Report() Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	return report(p.sent, p.every, time.Since(p.began))
}

// Stop sends no more, waits for the replies that may still come, at most
// Patience, and tells what the probe has seen.
func (p *Probe) Stop() Report {
	p.halt()
	for p.pending() {
		time.Sleep(p.every)
	}
	_ = p.Close()
	return p.Report()
}

// halt ends the sending.
func (p *Probe) halt() { p.once.Do(func() { close(p.stop) }) }

// pending says whether a probe may still be answered in time.
func (p *Probe) pending() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Since(p.began)
	for _, s := range p.sent {
		if s.reply == 0 && now-s.at <= Patience {
			return true
		}
	}
	return false
}

// Close ends the probe without waiting for replies.
func (p *Probe) Close() error {
	p.halt()
	_ = p.conn.Close()
	p.ended.Wait()
	return nil
}
