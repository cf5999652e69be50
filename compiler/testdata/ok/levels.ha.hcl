# What a vip writes takes the place of the cluster's.
host "lb01" {
  interface "eth0" { addresses = ["10.0.0.5/24"] }
  interface "eth1" { addresses = ["192.168.0.5/24"] }
}
host "lb02" {
  interface "ens33" { addresses = ["10.0.0.6/24"] }
  interface "eth1" { addresses = ["192.168.0.6/24"] }
}

cluster "web" {
  hosts           = [host.lb01, host.lb02]
  interface       = "eth0"
  prefer          = [host.lb02]
  multicast_group = "224.0.0.118"
  advert_interval = "100ms"

  preemption {
    mode  = "delayed"
    delay = "10s"
  }

  member "lb02" { interface = "ens33" }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }

  vip "old" {
    vrid            = 51
    version         = 2
    advert_interval = "3s"
    transport       = "unicast"
    addresses       = ["10.0.0.101/24"]

    preemption {} # the whole block: mode "always", and no delay
  }

  vip "inside" {
    vrid      = 52
    interface = "eth1" # on lb02 too, though its member block says ens33
    addresses = ["192.168.0.1/24"]

    # Priorities of the vip's own overrule the cluster's prefer.
    member "lb01" { priority = 200 }
    member "lb02" {
      priority  = 100
      interface = "eth1"
    }
  }

  vip "inside-too" {
    vrid      = 53
    interface = "eth1"
    addresses = ["192.168.0.2/24"]
  }
}
