vrrp_instance VI_1 {
    state MASTER # ERROR HA001: here a vrrp_instance is a vip block in a cluster block.
    interface eth0
    virtual_router_id 51
    authentication {
        auth_type PASS
        auth_pass hunter2
    }
}
