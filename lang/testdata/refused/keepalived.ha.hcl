global_defs { # ERROR HA006: global_defs is a word of keepalived that a configuration does not have.
  router_id = "lb01"
}

vrrp_instance "VI_1" { # ERROR HA006: Write a vip block in a cluster block.
  state = "MASTER"
}

host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  nopreempt = true # ERROR HA006: Write preemption { mode = "never" }
  priority  = 100 # ERROR HA006: Priorities follow from the hosts' order
  advert_int = 1 # ERROR HA006: Write advert_interval = "1s"

  authentication { # ERROR HA006: Write auth
    auth_type = "PASS"
  }

  vip "public" {
    state             = "BACKUP" # ERROR HA006: There is no initial state
    virtual_router_id = 51 # ERROR HA006: Write vrid in the vip block.
    vrid              = 51
    addresses         = ["10.0.0.100/24"]

    virtual_ipaddress { # ERROR HA006: Write addresses
    }

    track_script { # ERROR HA006: Write track { check = check.NAME }
    }
  }
}

# A word of keepalived stands for what takes its place: nothing is missing.
cluster "words" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "public" {
    virtual_router_id = 51 # ERROR HA006: Write vrid in the vip block.
    virtual_ipaddress = ["10.0.0.101/24"] # ERROR HA006: Write addresses

    auth {
      auth_type = "PASS" # ERROR HA006: Write type in an auth block.
      auth_pass = "hunter2" # ERROR HA006: Write secret or secret_file
    }
  }
}
