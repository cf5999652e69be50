host "lb01" {}
host "lb02" {}
host "lb03" {}

locals {
  all = [host.lb01, host.lb02, host.lb03]
}

cluster "equal" {
  hosts     = local.all
  interface = "eth0"

  member "lb01" {
    priority = 100 # RELATED
  }
  member "lb02" {
    priority = 100 # ERROR HA070: Hosts "lb01" and "lb02" both have priority 100
  }
  member "lb03" {
    priority = 90
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
  }
}

cluster "some" {
  hosts = [
    host.lb01,
    host.lb02, # ERROR HA071: Host "lb02" has no priority
    host.lb03,
  ]
  interface = "eth1"

  member "lb01" {
    priority = 100 # RELATED
  }
  member "lb03" { # ERROR HA071: Host "lb03" has no priority
    interface = "eth2"
  }

  vip "one" {
    vrid      = 52
    addresses = ["10.0.0.52/24"]
  }
}

cluster "replaced" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  member "lb01" { priority = 200 }
  member "lb02" { priority = 100 }

  vip "one" {
    vrid      = 53
    addresses = ["10.0.0.53/24"]

    # A member block replaces the cluster's whole block.
    member "lb02" { # ERROR HA071: Host "lb02" has no priority
      source = "10.0.0.6"
    }
  }
}
