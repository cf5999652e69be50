package keepalived

// grammarText describes each kind of block: its keywords, with "*" in front of
// those that many configurations have, each with "!" when it
// needs a value, without which keepalived ends, "+" when it needs one, without
// which the line is ignored, "=low..high" when that is a number, which "=?" says
// may be left out, "@2.2.8" with the first release that knows the word, if that
// is newer than 2.0.0, and ":kind" of the block that it opens.
const grammarText = `
top
	*global_defs:global *vrrp_instance+:instance *vrrp_sync_group+:group *vrrp_script!:script
	*vrrp_track_process!@2.0.11:process *vrrp_track_file!:file *track_file!:file *virtual_server!:virtual
	*virtual_server_group!:values static_ipaddress:values static_routes:values static_rules:values
	track_group+@2.0.3:trackgroup garp_group:garp bfd_instance+:bfd SSL:ssl linkbeat_interfaces@2.0.13:values
	interface_up_down_delays@2.2.3:values *include+ includer+ includem+ includew+ includeb+ includea+
	net_namespace+ net_namespace_ipvs+@2.1.0 instance+ use_pid_dir linkbeat_use_polling child_wait_time!=0..
	namespace_with_ipsets

global
	*router_id+ *notification_email:emails *notification_email_from+ *smtp_server! *smtp_connect_timeout!=0..
	*smtp_helo_name+ *smtp_alert *smtp_alert_vrrp *smtp_alert_checker no_email_faults no_checker_emails
	checker_log_all_failures@2.0.11 startup_script+@2.1.0 startup_script_timeout+=1..1000@2.1.0
	shutdown_script+@2.1.0 shutdown_script_timeout+=1..1000@2.1.0 process_names@2.0.16 process_name!@2.0.16
	vrrp_process_name!@2.0.16 checker_process_name!@2.2.0 lvs_process_name!@2.0.16 bfd_process_name!@2.0.16
	*vrrp_version!=2..3 *vrrp_mcast_group4! vrrp_mcast_group6! *vrrp_garp_master_delay!=0..
	*vrrp_garp_master_repeat!=0.. *vrrp_garp_master_refresh!=0.. *vrrp_garp_master_refresh_repeat!=0..
	*vrrp_garp_lower_prio_delay!=0.. *vrrp_garp_lower_prio_repeat!=0.. *vrrp_garp_interval!=0.000001..
	*vrrp_gna_interval!=0.000001.. vrrp_min_garp@2.0.12 vrrp_garp_extra_if@2.2.3 vrrp_vmac_garp_intvl@2.2.0
	vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert vrrp_down_timer_adverts!=1..100@2.2.3
	*vrrp_skip_check_adv_addr *vrrp_check_unicast_src *vrrp_strict *v3_checksum_as_v2@2.2.8
	vrrp_owner_ignore_adverts@2.3.3 *vrrp_startup_delay!=0.001..@2.0.14 *vrrp_delay_after_boot!=0.001..@2.4.0
	log_unknown_vrids@2.0.16 vrrp_notify_priority_changes@2.0.16 fifo_write_vrrp_states_on_reload@2.2.5
	*dynamic_interfaces *default_interface+ vmac_prefix!@2.2.0 vmac_addr_prefix!@2.2.0 disable_local_igmp@2.2.0
	vrrp_rx_bufs_policy@2.0.3 vrrp_rx_bufs_multiplier@2.0.3 vrrp_netlink_cmd_rcv_bufs
	vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs vrrp_netlink_monitor_rcv_bufs_force
	lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs
	lvs_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs@2.0.11 process_monitor_rcv_bufs_force@2.0.11
	nftables@2.0.11 nftables_priority!@2.0.11 nftables_counters@2.0.11 nftables_ifindex@2.0.11
	nftables_ipvs@2.2.2 nftables_ipvs_priority!@2.2.2 nftables_ipvs_start_fwmark!@2.2.2 vrrp_iptables
	vrrp_ipsets *lvs_sync_daemon+ lvs_timeouts+ *lvs_flush *lvs_flush_on_stop@2.2.0 lvs_flush_onstop@2.0.15
	rs_init_notifies *max_auto_priority@2.1.0 min_auto_priority_delay+=1..10000000@2.1.0 *vrrp_priority+=-20..19
	checker_priority+=-20..19 bfd_priority+=-20..19 *vrrp_rt_priority checker_rt_priority bfd_rt_priority
	vrrp_rlimit_rttime!@2.1.0 checker_rlimit_rttime!@2.1.0 bfd_rlimit_rttime!@2.1.0 vrrp_rlimit_rtime!
	checker_rlimit_rtime! bfd_rlimit_rtime! vrrp_cpu_affinity@2.0.17 checker_cpu_affinity@2.0.17
	bfd_cpu_affinity@2.0.17 *vrrp_no_swap checker_no_swap bfd_no_swap umask!@2.0.9 random_seed!@2.0.15
	tmp_config_directory@2.2.0 config_save_dir!@2.2.3 iproute_usr_dir@2.3.2 iproute_etc_dir@2.3.2
	include_check@2.2.0 *script_user+ *enable_script_security set_supplementary_groups@2.4.4
	use_symlink_paths@2.3.0 *notify_fifo+ notify_fifo_script+ *vrrp_notify_fifo+ vrrp_notify_fifo_script+
	*lvs_notify_fifo+ lvs_notify_fifo_script+ enable_snmp_keepalived *enable_snmp_vrrp *enable_snmp_checker
	enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 *enable_traps snmp_socket
	snmp_vs_stats_update_interval@2.3.0 snmp_rs_stats_update_interval@2.3.0 enable_dbus dbus_service_name
	dbus_no_interface_name@2.3.0 *state_dump_file@2.3.3 *stats_dump_file@2.3.3 *json_dump_file@2.3.3
	json_version!=1..2@2.2.8 data_use_instance@2.2.3 *reload_check_config@2.2.0 reload_time_file+@2.1.0
	reload_repeat@2.1.0 reload_file@2.2.0

instance
	*state! *interface! *virtual_router_id!=1..255 *priority!=1..255 *advert_int!=0.01..255 *version!=2..3
	*nopreempt *preempt *preempt_delay!=0..1000 *authentication:auth *auth_hmac@2.4.0:hmac
	*virtual_ipaddress:addresses *virtual_ipaddress_excluded:addresses *virtual_routes:values
	*virtual_rules:values *track_interface:tracks *track_script:tracks *track_file:tracks
	*track_process@2.0.11:tracks track_bfd:tracks track_src_ip *unicast_src_ip! *unicast_peer:values
	*unicast_ttl!=0..255@2.1.0 *unicast_fault_no_peer@2.2.5 *check_unicast_src@2.1.0 *mcast_src_ip!
	mcast_dst_ip!@2.2.5 *use_vmac use_vmac_addr@2.2.0 vmac_xmit_base vmac_garp_intvl@2.2.0 use_ipvlan@2.0.17
	vrf!@2.2.5 *dont_track_primary linkbeat_use_polling native_ipv6 *accept no_accept
	*no_virtual_ipaddress@2.2.8 *promote_secondaries *debug=?0..4 *notify! *notify_master! *notify_backup!
	*notify_fault! *notify_stop! notify_deleted@2.1.0 *notify_master_rx_lower_pri!@2.0.6
	notify_priority_changes@2.0.16 *smtp_alert *lvs_sync_daemon_interface! *garp_master_delay!=0..
	*garp_master_repeat!=0.. *garp_master_refresh!=0.. *garp_master_refresh_repeat!=0..
	*garp_lower_prio_delay!=0.. *garp_lower_prio_repeat!=0.. garp_extra_if@2.2.3 lower_prio_no_advert
	higher_prio_send_advert down_timer_adverts!=1..100@2.2.3 skip_check_adv_addr strict_mode
	*v3_checksum_as_v2@2.2.8 old_unicast_checksum owner_ignore_adverts@2.3.3 kernel_rx_buf_size+=0..@2.0.3
	timer_expired_backup@2.2.8 thread_timer_expired@2.3.2

group
	*group:values *notify! *notify_master! *notify_backup! *notify_fault! *notify_stop!
	notify_priority_changes@2.0.16 *smtp_alert global_tracking *sync_group_tracking_weight
	*track_interface:tracks *track_script:tracks *track_file:tracks *track_process@2.0.11:tracks
	track_bfd:tracks

script
	*script+ *interval!=0.001.. *timeout!=0.001.. *weight!=-253..253 *fall!=1.. *rise!=1.. *user! *init_fail

process
	*process!@2.0.11 param_match@2.0.16 *weight+=-254..254 *quorum!=1..65535 quorum_max!=0..65535@2.0.16
	fork_delay!=0.000001..3600@2.0.16 terminate_delay!=0.000001..3600@2.0.16 *delay!=0.000001..3600@2.0.11
	full_command@2.0.11

file
	*file+ *weight+=-254..254 *init_file

auth
	*auth_type! *auth_pass!

hmac
	key+ active_key+=1..255@2.4.0 anti_replay+@2.4.0 time_window+=1..300@2.4.0 mode+@2.4.0

virtual
	*delay_loop!=0.001.. *lvs_sched! *lb_algo! *lvs_method! *lb_kind! hashed flag-1 flag-2 flag-3 sh-port
	sh-fallback mh-port@2.0.20 mh-fallback@2.0.20 ops persistence_engine! *persistence_timeout=?1..2678400
	persistence_granularity! *protocol! ip_family! *ha_suspend smtp_alert *virtualhost+ *alpha omega
	*quorum!=1.. hysteresis!=0.. *quorum_up! *quorum_down! retry!=0.. delay_before_retry!=0.. warmup!=0..
	connect_timeout!=0.000001.. weight!=1..65535 *sorry_server! sorry_server_inhibit sorry_server_lvs_method+
	*real_server!:real *inhibit_on_failure snmp_name+@2.2.3

real
	*weight!=0..65535 lvs_method! uthreshold!=0.. lthreshold!=0.. *inhibit_on_failure *notify_up! *notify_down!
	smtp_alert virtualhost+ alpha retry!=0.. delay_before_retry!=0.. delay_loop!=0.. warmup!=0..
	connect_timeout!=0.000001.. snmp_name+@2.2.3 *HTTP_GET:http *SSL_GET:http *TCP_CHECK:check *SMTP_CHECK:smtp
	*DNS_CHECK:dns *MISC_CHECK:misc BFD_CHECK:bfdcheck UDP_CHECK@2.1.0:udp *PING_CHECK@2.1.0:check
	FILE_CHECK@2.1.0:filecheck

check
	*connect_ip! *connect_port!=1..65535 bindto! bind_if! bind_port!=1..65535 fwmark! alpha
	*connect_timeout!=0.000001.. *retry!=0.. *delay_before_retry!=0.. warmup!=0.. delay_loop!=0.001..
	log_all_failures@2.0.11

http
	connect_ip! connect_port!=1..65535 bindto! bind_if! bind_port!=1..65535 fwmark! alpha
	connect_timeout!=0.000001.. retry!=0.. delay_before_retry!=0.. warmup!=0.. delay_loop!=0.001..
	log_all_failures@2.0.11 *url:url *nb_get_retry!=0.. *virtualhost+ http_protocol+@2.0.17 fast_recovery@2.0.17
	enable_sni sni_name!@2.4.4 tls_compliant@2.2.8

url
	*path! *digest! *status_code+ virtualhost+ regex+@2.0.7 regex_no_match@2.0.7 regex_options+@2.0.7
	regex_stack+@2.0.7 regex_min_offset+=0..@2.0.7 regex_max_offset+=0..@2.0.7 tls_compliant@2.2.8

smtp
	connect_ip! connect_port!=1..65535 bindto! bind_if! bind_port!=1..65535 fwmark! alpha
	connect_timeout!=0.000001.. retry!=0.. delay_before_retry!=0.. warmup!=0.. delay_loop!=0.001..
	log_all_failures@2.0.11 helo_name+ host:check

dns
	connect_ip! connect_port!=1..65535 bindto! bind_if! bind_port!=1..65535 fwmark! alpha
	connect_timeout!=0.000001.. retry!=0.. delay_before_retry!=0.. warmup!=0.. delay_loop!=0.001..
	log_all_failures@2.0.11 type! name!

udp
	connect_ip! connect_port!=1..65535 bindto! bind_if! bind_port!=1..65535 fwmark! alpha
	connect_timeout!=0.000001.. retry!=0.. delay_before_retry!=0.. warmup!=0.. delay_loop!=0.001..
	log_all_failures@2.0.11 payload+@2.2.0 require_reply@2.1.0 min_reply_length!=0..@2.2.0
	max_reply_length!=0..@2.2.0

misc
	*misc_path+ *misc_timeout!=0.. *misc_dynamic user+ alpha retry!=0.. delay_before_retry!=0.. warmup!=0..
	delay_loop!=0.001.. log_all_failures@2.0.11

bfdcheck
	name+ alpha

filecheck
	track_file! weight+=-254..254

bfd
	neighbor_ip+ neighbour_ip+ source_ip! min_rx!=1..4294967 min_tx!=1..4294967 idle_tx!=1000..4294967
	multiplier!=1..255 passive ttl!=1..255 hoplimit!=1..255 max_hops!=-1..255 multihop@2.2.8 weight!=-253..253
	vrrp checker

ssl
	ca+ certificate+ key+ password+

trackgroup
	group:values

garp
	garp_interval! gna_interval! interface! interfaces:values
`
