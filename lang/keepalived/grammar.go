package keepalived

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kinds of blocks that more than the table speaks of.
const (
	top       = "top"
	addresses = "addresses" // a list of addresses, one on a line
	values    = "values"    // a list of anything
	tracks    = "tracks"    // names with weights
	emails    = "emails"
)

// keyword is what the grammar says of one word.
type keyword struct {
	opens    string // the kind of its block, "" for none
	value    bool   // it needs a value
	number   bool   // which is a number from low to high
	low      float64
	high     float64
	optional bool // the number may be left out
}

// kind is one kind of block.
type kind struct {
	words map[string]keyword
	free  bool // it lists values, not keywords
}

// known tells whether the word is a keyword of the block.
func (k kind) known(word string) bool {
	_, ok := k.words[word]
	return ok
}

// names returns the keywords in order.
func (k kind) names() []string {
	var all []string
	for name := range k.words {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// grammar holds all kinds of blocks by name. Lists of values have no keywords.
var grammar = parseGrammar(grammarText)

// grammarText describes each kind of block: its keywords, each with ":kind" of
// the block that it opens, "+" when it needs a value, or "=low..high" when
// that is a number, in "=?low..high" one that may be left out.
const grammarText = `
top
	global_defs:global vrrp_instance+:instance vrrp_sync_group+:group vrrp_script+:script
	vrrp_track_process+:process vrrp_track_file+:file track_file+:file
	virtual_server+:virtual virtual_server_group+:values
	static_ipaddress:values static_routes:values static_rules:values track_group+:trackgroup garp_group:garp
	bfd_instance+:bfd SSL:ssl linkbeat_interfaces:values interface_up_down_delays:values
	include+ includer+ includem+ includew+ includeb+ includea+
	net_namespace+ net_namespace_ipvs+ instance+ use_pid_dir linkbeat_use_polling child_wait_time=0..
	namespace_with_ipsets

global
	router_id+ notification_email:emails notification_email_from+ smtp_server+ smtp_connect_timeout=0.. smtp_helo_name+
	smtp_alert smtp_alert_vrrp smtp_alert_checker no_email_faults no_checker_emails checker_log_all_failures
	startup_script+ startup_script_timeout=1..1000 shutdown_script+ shutdown_script_timeout=1..1000 process_names
	process_name vrrp_process_name checker_process_name lvs_process_name bfd_process_name
	vrrp_version=2..3 vrrp_mcast_group4+ vrrp_mcast_group6+ vrrp_garp_master_delay=0.. vrrp_garp_master_repeat=0..
	vrrp_garp_master_refresh=0.. vrrp_garp_master_refresh_repeat=0.. vrrp_garp_lower_prio_delay=0..
	vrrp_garp_lower_prio_repeat=0.. vrrp_garp_interval=0.000001.. vrrp_gna_interval=0.000001.. vrrp_min_garp
	vrrp_garp_extra_if vrrp_vmac_garp_intvl vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert vrrp_down_timer_adverts=1..100
	vrrp_skip_check_adv_addr vrrp_check_unicast_src vrrp_strict v3_checksum_as_v2 vrrp_owner_ignore_adverts
	vrrp_startup_delay=0.001.. vrrp_delay_after_boot=0.001.. log_unknown_vrids vrrp_notify_priority_changes
	fifo_write_vrrp_states_on_reload dynamic_interfaces default_interface+ vmac_prefix+ vmac_addr_prefix+
	disable_local_igmp vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier
	vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs
	vrrp_netlink_monitor_rcv_bufs_force lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force
	lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs
	process_monitor_rcv_bufs_force
	nftables nftables_priority nftables_counters nftables_ifindex nftables_ipvs nftables_ipvs_priority
	nftables_ipvs_start_fwmark vrrp_iptables vrrp_ipsets
	lvs_sync_daemon+ lvs_timeouts+ lvs_flush lvs_flush_on_stop lvs_flush_onstop rs_init_notifies
	max_auto_priority min_auto_priority_delay=1..10000000
	vrrp_priority=-20..19 checker_priority=-20..19 bfd_priority=-20..19 vrrp_rt_priority checker_rt_priority bfd_rt_priority
	vrrp_rlimit_rttime checker_rlimit_rttime bfd_rlimit_rttime vrrp_rlimit_rtime checker_rlimit_rtime bfd_rlimit_rtime
	vrrp_cpu_affinity checker_cpu_affinity bfd_cpu_affinity vrrp_no_swap checker_no_swap bfd_no_swap
	umask random_seed tmp_config_directory config_save_dir iproute_usr_dir iproute_etc_dir
	include_check
	script_user+ enable_script_security set_supplementary_groups use_symlink_paths
	notify_fifo+ notify_fifo_script+ vrrp_notify_fifo+ vrrp_notify_fifo_script+ lvs_notify_fifo+ lvs_notify_fifo_script+
	enable_snmp_keepalived enable_snmp_vrrp enable_snmp_checker enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3
	enable_traps snmp_socket snmp_vs_stats_update_interval snmp_rs_stats_update_interval
	enable_dbus dbus_service_name dbus_no_interface_name
	state_dump_file stats_dump_file json_dump_file json_version=1..2 data_use_instance
	reload_check_config reload_time_file+ reload_repeat reload_file

instance
	state+ interface+ virtual_router_id=1..255 priority=1..255 advert_int=0.01..255 version=2..3 nopreempt preempt
	preempt_delay=0..1000 authentication:auth auth_hmac:hmac virtual_ipaddress:addresses
	virtual_ipaddress_excluded:addresses virtual_routes:values virtual_rules:values
	track_interface:tracks track_script:tracks track_file:tracks track_process:tracks track_bfd:tracks track_src_ip
	unicast_src_ip+ unicast_peer:values unicast_ttl=0..255 unicast_fault_no_peer check_unicast_src mcast_src_ip+
	mcast_dst_ip+ use_vmac use_vmac_addr vmac_xmit_base vmac_garp_intvl use_ipvlan vrf+ dont_track_primary linkbeat_use_polling native_ipv6 accept no_accept no_virtual_ipaddress
	promote_secondaries debug=?0..4 notify+ notify_master+ notify_backup+ notify_fault+ notify_stop+ notify_deleted
	notify_master_rx_lower_pri+ notify_priority_changes smtp_alert lvs_sync_daemon_interface+
	garp_master_delay=0.. garp_master_repeat=0.. garp_master_refresh=0.. garp_master_refresh_repeat=0..
	garp_lower_prio_delay=0.. garp_lower_prio_repeat=0.. garp_extra_if lower_prio_no_advert higher_prio_send_advert
	down_timer_adverts=1..100 skip_check_adv_addr strict_mode v3_checksum_as_v2 old_unicast_checksum
	owner_ignore_adverts kernel_rx_buf_size=0.. timer_expired_backup thread_timer_expired

group
	group:values notify+ notify_master+ notify_backup+ notify_fault+ notify_stop+
	notify_priority_changes smtp_alert global_tracking sync_group_tracking_weight
	track_interface:tracks track_script:tracks track_file:tracks track_process:tracks track_bfd:tracks

script
	script+ interval=0.001.. timeout=0.001.. weight=-253..253 fall=1.. rise=1.. user+ init_fail

process
	process+ param_match weight=-254..254 quorum=1..65535 quorum_max=0..65535 fork_delay=0.000001..3600
	terminate_delay=0.000001..3600 delay=0.000001..3600 full_command

file
	file+ weight=-254..254 init_file

auth
	auth_type+ auth_pass+

hmac
	key+ active_key=1..255 anti_replay+ time_window=0.. mode+

virtual
	delay_loop=0.001.. lvs_sched+ lb_algo+ lvs_method+ lb_kind+ hashed flag-1 flag-2 flag-3 sh-port sh-fallback mh-port
	mh-fallback ops persistence_engine+ persistence_timeout=?1..2678400 persistence_granularity+ protocol+ ip_family+
	ha_suspend smtp_alert virtualhost+ alpha omega quorum=1.. hysteresis=0.. quorum_up+ quorum_down+ retry=0..
	delay_before_retry=0.. warmup=0.. connect_timeout=0.000001.. weight=1..65535 sorry_server+ sorry_server_inhibit
	sorry_server_lvs_method+ real_server+:real inhibit_on_failure snmp_name+

real
	weight=0..65535 lvs_method+ uthreshold=0.. lthreshold=0.. inhibit_on_failure notify_up+ notify_down+ smtp_alert
	virtualhost+ alpha retry=0.. delay_before_retry=0.. delay_loop=0.. warmup=0.. connect_timeout=0.000001.. snmp_name+
	HTTP_GET:http SSL_GET:http TCP_CHECK:check SMTP_CHECK:smtp DNS_CHECK:dns MISC_CHECK:misc BFD_CHECK:bfdcheck
	UDP_CHECK:udp PING_CHECK:check FILE_CHECK:filecheck

check
	connect_ip+ connect_port=1..65535 bindto+ bind_if+ bind_port=1..65535 fwmark+ alpha connect_timeout=0.000001..
	retry=0.. delay_before_retry=0.. warmup=0.. delay_loop=0.001.. log_all_failures

http
	connect_ip+ connect_port=1..65535 bindto+ bind_if+ bind_port=1..65535 fwmark+ alpha connect_timeout=0.000001..
	retry=0.. delay_before_retry=0.. warmup=0.. delay_loop=0.001.. log_all_failures
	url:url nb_get_retry=0.. virtualhost+ http_protocol+ fast_recovery enable_sni sni_name+ tls_compliant

url
	path+ digest+ status_code+ virtualhost+ regex+ regex_no_match regex_options+ regex_stack+ regex_min_offset=0..
	regex_max_offset=0.. tls_compliant

smtp
	connect_ip+ connect_port=1..65535 bindto+ bind_if+ bind_port=1..65535 fwmark+ alpha connect_timeout=0.000001..
	retry=0.. delay_before_retry=0.. warmup=0.. delay_loop=0.001.. log_all_failures helo_name+ host:check

dns
	connect_ip+ connect_port=1..65535 bindto+ bind_if+ bind_port=1..65535 fwmark+ alpha connect_timeout=0.000001..
	retry=0.. delay_before_retry=0.. warmup=0.. delay_loop=0.001.. log_all_failures type+ name+

udp
	connect_ip+ connect_port=1..65535 bindto+ bind_if+ bind_port=1..65535 fwmark+ alpha connect_timeout=0.000001..
	retry=0.. delay_before_retry=0.. warmup=0.. delay_loop=0.001.. log_all_failures payload+ require_reply
	min_reply_length=0.. max_reply_length=0..

misc
	misc_path+ misc_timeout=0.001.. misc_dynamic user+ alpha retry=0.. delay_before_retry=0.. warmup=0..
	delay_loop=0.001.. log_all_failures

bfdcheck
	name+ alpha

filecheck
	track_file+ weight=-254..254

bfd
	neighbor_ip+ neighbour_ip+ source_ip+ min_rx=1..1000 min_tx=1..1000 idle_tx=1000..10000 multiplier=1..255 passive
	ttl=1..255 hoplimit=1..255 max_hops=-1..255 multihop weight=-253..253 vrrp checker

ssl
	ca+ certificate+ key+ password+

trackgroup
	group:values

garp
	garp_interval+ gna_interval+ interface+ interfaces:values
`

// parseGrammar reads the text above.
func parseGrammar(text string) map[string]kind {
	all := map[string]kind{"": {free: true}, addresses: {free: true}, values: {free: true}, tracks: {free: true}, emails: {free: true}}
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		fields := strings.Fields(block)
		words := map[string]keyword{}
		for _, f := range fields[1:] {
			name, k := parseKeyword(f)
			words[name] = k
		}
		all[fields[0]] = kind{words: words}
	}
	return all
}

func parseKeyword(f string) (name string, k keyword) {
	f, k.opens, _ = strings.Cut(f, ":")
	f, k.value = strings.CutSuffix(f, "+")
	name, limits, number := strings.Cut(f, "=")
	if number {
		limits, k.optional = strings.CutPrefix(limits, "?")
		low, high, _ := strings.Cut(limits, "..")
		k.number, k.value, k.high = true, !k.optional, math.MaxInt32
		k.low, _ = strconv.ParseFloat(low, 64)
		if high != "" {
			k.high, _ = strconv.ParseFloat(high, 64)
		}
	}
	return name, k
}

// openers are the words that open a block somewhere.
var openers = func() map[string]bool {
	all := map[string]bool{}
	for _, k := range grammar {
		for name, w := range k.words {
			all[name] = all[name] || w.opens != ""
		}
	}
	return all
}()
