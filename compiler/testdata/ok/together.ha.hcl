# Vips that move together, each on its own interface: the other one's is not
# tracked again. Priorities and names of interfaces stand on the cluster.
host "lb01" {}
host "lb02" {}

check "nginx" {
  process {
    name = "nginx"
  }
}

cluster "gateway" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  failover  = "together"
  prefer    = [host.lb02]

  member "lb01" { priority = 100 }
  member "lb02" { priority = 120 }

  preemption {
    mode  = "delayed"
    delay = "10s"
  }
  track {
    check = check.nginx
  }
  track {
    interface = "eth2"
    effect    = "fault"
  }

  vip "outside" {
    vrid      = 50
    addresses = ["192.0.2.50/24", "2001:db8::50/64"]

    member "lb01" {
      interface = "ens33"
    }
  }
  vip "inside" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
    interface = "eth1"
  }
}
