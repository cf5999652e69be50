host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
  }
  interface "eth1" {}
}
host "lb02" {}

check "nginx" {
  process {
    name = "nginx"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  failover  = "together" # RELATED
  prefer    = [host.lb02, host.lb01]

  track {
    check = check.nginx
  }
  track {
    interface = "eth1" # ERROR HA103: Adverts and addresses use interface "eth1"
    effect    = "fault"
  }

  vip "one" {
    vrid        = 50
    addresses   = ["10.0.0.50/24"]
    prefer      = [host.lb01, host.lb02] # ERROR HA110: The vips of cluster "web" move together, with one preference, one set of tracks and one state, so prefer has to be the same for all of them.
    quiet_start = "5s"                   # ERROR HA110: so quiet_start has to be the same

    preemption { # ERROR HA110: so a preemption block has to be the same
      mode = "never"
    }
    track { # ERROR HA110: so a track block has to be the same
      check  = check.nginx
      effect = "fault"
    }
    member "lb01" {
      priority = 100 # ERROR HA110: so a priority has to be the same
    }
    member "lb02" {
      interface = "eth1"
    }
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]

    member "lb01" {
      owner = true # ERROR HA110: An owner never lets its addresses go
    }
  }
  vip "back" {
    vrid      = 52
    addresses = ["10.1.0.52/24"]
    interface = "eth1"
  }
}
