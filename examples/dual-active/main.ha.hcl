# Two hosts that both work: each has one address while both are up, and the
# one that stays has both. Give clients both addresses, as two A records.

locals {
  lbs = [host.lb01, host.lb02]
}

host "lb01" {
  interface "eth0" {
    addresses = ["192.0.2.11/24"]
  }
}

# On this machine the same network is behind another interface.
host "lb02" {
  interface "ens33" {
    addresses = ["192.0.2.12/24"]
  }
}

cluster "web" {
  hosts     = local.lbs
  interface = "eth0"

  # A host that comes back waits ten seconds before it takes its address back from
  # the one that works: its services have time to start.
  preemption {
    mode  = "delayed"
    delay = "10s"
  }

  # What differs on one host. Everything else is the same on all of them, since
  # it is written once.
  member "lb02" {
    interface = "ens33"
  }

  vip "blue" {
    vrid      = 10
    addresses = ["192.0.2.100/24"]
    prefer    = [host.lb01, host.lb02]
  }

  vip "green" {
    vrid      = 11
    addresses = ["192.0.2.101/24"]
    prefer    = [host.lb02, host.lb01]
  }
}
