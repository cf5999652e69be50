package keepalived

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hactl/lang/rule"
)

// carried are the keywords that the configuration says, or need not say, by the
// kind of their block.
var carried = map[string]string{
	top: "global_defs vrrp_instance vrrp_script vrrp_track_process vrrp_track_file track_file vrrp_sync_group include includer includem includew includeb includea",
	"global": "router_id enable_script_security script_user vrrp_version vrrp_mcast_group4 vrrp_mcast_group6 vrrp_garp_master_delay vrrp_garp_master_repeat vrrp_garp_master_refresh " +
		"vrrp_startup_delay vrrp_delay_after_boot smtp_alert smtp_alert_vrrp v3_checksum_as_v2",
	"instance": "state interface virtual_router_id priority advert_int version nopreempt preempt preempt_delay authentication virtual_ipaddress virtual_ipaddress_excluded " +
		"virtual_routes virtual_rules track_interface track_script track_file track_process unicast_src_ip unicast_peer mcast_src_ip mcast_dst_ip accept native_ipv6 " +
		"notify notify_master notify_backup notify_fault notify_stop smtp_alert garp_master_delay garp_master_repeat garp_master_refresh v3_checksum_as_v2",
	"group":  "group notify notify_master notify_backup notify_fault notify_stop smtp_alert track_interface track_script track_file track_process sync_group_tracking_weight global_tracking",
	"script": "script interval timeout weight fall rise user init_fail",
}

// leftOver reports every statement that is not carried over, once for all nodes
// that have it.
func (m *importer) leftOver() {
	seen := map[string]*Statement{}
	for _, n := range m.nodes {
		for _, s := range n.Config.Statements {
			m.left(s, top, seen)
		}
	}
	m.unsent()
}

// unsent reports, once for all, what is said of mail that nobody sends.
func (m *importer) unsent() {
	if slices.ContainsFunc(m.targets, func(t *target) bool { return t.does.head == "mail" }) {
		return
	}
	var all []string
	var first *Statement
	for _, n := range m.nodes {
		for _, word := range mailWords {
			if s := n.Global.child(word); s != nil && !slices.Contains(all, word) {
				if all = append(all, word); first == nil {
					first = s
				}
			}
		}
	}
	if first != nil {
		m.reportf(rule.ImportDropped, first.Range(), "Left out: %s. Without smtp_alert keepalived sends no mail about its routers; write a notify block to have some.", rule.List(all))
	}
}

// left reports a statement in a block of that kind which is not carried over, or
// looks into its block.
func (m *importer) left(s *Statement, in string, seen map[string]*Statement) {
	word := s.Keyword()
	switch {
	case in == "global" && slices.Contains(mailWords, word):
	case s.Kind == "virtual" || word == "virtual_server_group" || seen[in+" "+word] != nil && in != top:
	case m.says(s, in):
		if _, block := carried[s.Kind]; block {
			for _, c := range s.Children {
				m.left(c, s.Kind, seen)
			}
		}
	case s.Words[0].Unknown:
		m.reportf(rule.ImportNoPlace, s.Range(), "This placeholder stands for something that the file does not say, so nothing of it is in the configuration.")
	case !secretive(s):
		seen[in+" "+word] = s
		m.dropped(s, in)
	}
}

// says tells whether the configuration says what a statement says.
func (m *importer) says(s *Statement, in string) bool {
	if in == "process" || in == "file" {
		return true // their own findings
	}
	return slices.Contains(strings.Fields(carried[in]), s.Keyword())
}

// dropped reports a statement that is not carried over.
func (m *importer) dropped(s *Statement, in string) {
	word := s.Keyword()
	known := grammar[in].known(word)
	why := insteadOf(word)
	meant := cmp.Or(join(s, in), nearest(word, grammar[in].names()))
	switch {
	case !known && meant != "" && !secretive(s):
		m.report(rule.ImportDropped.As(rule.Warning), s.Range(), fmt.Sprintf("keepalived does not know %s here, and ignores it. So does the configuration. If %s was meant, write that, and import the file again.", name(s), meant))
	case !known:
		m.reportf(rule.ImportDropped, s.Range(), "keepalived does not know %s here, and ignores it. So does the configuration.", name(s))
	case slices.Contains(serious, word):
		m.reportf(rule.ImportNoPlace, s.Range(), "%s is not carried over. %s", word, why)
	default:
		m.reportf(rule.ImportDropped, s.Range(), "%s is not carried over. %s", word, why)
	}
}

// servers returns the blocks of the load balancer as comments, byte for byte, and
// how many there are; what several nodes have alike stands there once.
func (m *importer) servers() (*block, int) {
	all, count := &block{}, 0
	where := map[string]int{}
	for _, n := range m.nodes {
		for _, s := range n.Config.Statements {
			if s.Kind != "virtual" && s.Keyword() != "virtual_server_group" {
				continue
			}
			count++
			text := m.verbatim(s)
			if at, known := where[text]; known {
				all.items[at].note[0] += ", " + fileLine(s.Range())
				continue
			}
			where[text] = len(all.items)
			all.items = append(all.items, item{note: []string{"From " + fileLine(s.Range())}, raw: strings.Split(m.carriable(s, text), "\n")})
			m.reportf(rule.ImportServers, s.Range(), "The load balancer is not part of the language yet: this block stands in a comment at the end, as it is.")
		}
	}
	if count > 0 {
		all.items = slices.Insert(all.items, 0, item{note: prose(fmt.Sprintf("The load balancer, as keepalived has it: %s. Until the language has virtual servers, keep them in a keepalived.conf without vrrp_instance.", blocks(count)))})
	}
	return all, count
}

func blocks(n int) string {
	if n == 1 {
		return "1 block"
	}
	return fmt.Sprintf("%d blocks", n)
}

// carriable returns text as it may stand in a comment: without NUL, and valid.
func (m *importer) carriable(s *Statement, text string) string {
	clean := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if clean != text {
		m.reportf(rule.ImportChanged, s.Range(), "This block has bytes that are not UTF-8, or NUL. In the comment another character stands for them.")
	}
	return clean
}

// verbatim returns the text of a block from its keyword to its closing brace,
// with the line ends of Unix.
func (m *importer) verbatim(s *Statement) string {
	from := s.Words[0].Range
	text := m.texts[from.Filename]
	end := s.Range().End.Byte
	if s.Close.Filename == from.Filename && s.Close.End.Byte > end {
		end = s.Close.End.Byte
	} else if s.Block {
		end = len(text)
	}
	if from.Start.Byte > end || end > len(text) {
		return ""
	}
	return strings.ReplaceAll(string(bytes.TrimSpace(text[from.Start.Byte:end])), "\r\n", "\n")
}
