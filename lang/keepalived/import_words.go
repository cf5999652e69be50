package keepalived

import (
	"regexp"
	"strings"

	"hactl/lang/schema"
)

// mailWords are said where mail is sent.
var mailWords = []string{"notification_email", "notification_email_from", "smtp_server", "smtp_connect_timeout", "smtp_helo_name", "no_email_faults"}

// serious are words without which something is lost that a host did.
var serious = []string{"dont_track_primary", "use_vmac", "use_ipvlan", "track_bfd", "track_src_ip", "auth_hmac", "no_accept", "vrrp_strict", "strict_mode",
	"notify_master_rx_lower_pri", "lvs_sync_daemon_interface", "lvs_sync_daemon", "bfd_instance", "static_ipaddress", "static_routes", "static_rules",
	"startup_script", "shutdown_script", "vrf", "down_timer_adverts", "vrrp_down_timer_adverts", "notify_fifo", "vrrp_notify_fifo", "interface_up_down_delays",
	"timer_expired_backup", "net_namespace", "include_check"}

// instead says what takes the place of words that the language's own list does
// not have, or has for those who write and not for those who read. The first form
// that fits counts.
var instead = []struct {
	words *regexp.Regexp
	why   string
}{
	{wholly(`default_interface`), "Each vip names its interface, or its cluster does."},
	{wholly(`vrrp_strict|strict_mode`), "It refuses passwords and unicast, and drops what clients send to the address itself, so that it does not even answer a ping. In the configuration the address answers."},
	{wholly(`debug`), "What the agent logs is said where it is started."},
	{wholly(`auth_hmac`), "Write an auth block of type hmac-sha256 with the keys."},
	{wholly(`notify_deleted`), "A vip that is taken out of the configuration is released, and stop is told."},
	{wholly(`notify_master_rx_lower_pri`), "A lower advert is answered at once; no script is told."},
	{wholly(`.*notify_priority_changes`), "Scripts are told of states, not of priorities."},
	{wholly(`(vrrp_|lvs_)?notify_fifo.*|fifo_write_.*`), "Read the agent's events instead."},
	{wholly(`startup_script.*|shutdown_script.*`), "Let systemd run it, before or after the agent."},
	{wholly(`static_.*|track_group`), "What does not move belongs to the system's own network configuration."},
	{wholly(`.*bfd.*`), "BFD is not part of the language."},
	{wholly(`(vrrp_)?check_unicast_src|unicast_fault_no_peer`), "The source of unicast adverts is always checked."},
	{wholly(`(vrrp_)?skip_check_adv_addr`), "Adverts are always checked."},
	{wholly(`log_unknown_vrids`), "Such adverts are always counted."},
	{wholly(`(vrrp_)?down_timer_adverts`), "Three adverts missed in a row are the limit, as in RFC 9568."},
	{wholly(`(vrrp_)?owner_ignore_adverts|timer_expired_backup|thread_timer_expired`), "An agent that was late listens before it claims an address."},
	{wholly(`promote_secondaries`), "Addresses are put on so that none depends on another."},
	{wholly(`no_virtual_ipaddress`), "A vip has an address."},
	{wholly(`track_src_ip`), "A router waits for its source address by itself."},
	{wholly(`vrf`), "Name an interface of it."},
	{wholly(`old_unicast_checksum`), "Checksums are those of RFC 9568, or of a present keepalived."},
	{wholly(`include_check`), "What is included and cannot be read is reported."},
	{wholly(`init_file`), "Write the file before the agent starts."},
	{wholly(`net_namespace.*|instance|use_pid_dir|namespace_with_ipsets`), "Start one agent in each network namespace."},
	{wholly(`vrrp_iptables|vrrp_ipsets|nftables.*|disable_local_igmp`), "hactl sets no firewall rules."},
	{wholly(`(lvs_|checker_|no_checker|rs_init|smtp_alert_checker|SSL).*`), "The load balancer is not part of the language yet."},
	{wholly(`.*(rcv_bufs|rx_bufs|rx_buf_size).*`), "The agent sizes its buffers itself."},
	{wholly(`.*(_priority|_affinity|_no_swap|_rlimit_.*|auto_priority.*)`), "The agent needs no such setting."},
	{wholly(`.*process_names?|umask|child_wait_time|random_seed|tmp_config_directory|config_save_dir|iproute_.*|.*symlink.*|set_supplementary.*|data_use_instance`), "The agent is one process and needs no such setting."},
	{wholly(`.*(snmp|traps|dbus).*|.*_dump_file|json_version`), "hactl status tells the state, and metrics do."},
	{wholly(`reload_.*`), "Plans are checked before they are applied."},
	{wholly(`.*(vmac|ipvlan).*`), "Virtual MAC addresses are not part of the language; the interface's own is used."},
	{wholly(`.*garp.*|.*gna.*`), "A router that is Active announces by itself, and paces that itself."},
	{wholly(`linkbeat.*|interface_up_down_delays`), "The kernel tells of links at once."},
}

func wholly(form string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + form + `)$`) }

// insteadOf says what takes the place of a word.
func insteadOf(word string) string {
	for _, i := range instead {
		if i.words.MatchString(word) {
			return i.why
		}
	}
	for _, w := range []string{word, strings.TrimPrefix(word, "vrrp_")} {
		if why := schema.Keepalived[w]; why != "" {
			return strings.NewReplacer("; leave the word out", "", "Leave the word out: a", "A").Replace(why)
		}
	}
	return "Nothing takes its place."
}
