# What only one version or family has, where nothing of it is moved.
host "lb01" {}
host "lb02" {}

cluster "old" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  version   = 2
  checksum  = "rfc9568" # ERROR HA094: Only version 3 over IPv4

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/32"]
  }
}

cluster "six" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "one" {
    vrid            = 51
    addresses       = ["2001:db8::51"]
    checksum        = "rfc9568"     # ERROR HA094: IPv6 know one each
    multicast_group = "224.0.0.118" # ERROR HA094: No IPv4 address is moved here, and the group
  }
}

cluster "four" {
  hosts           = [host.lb01, host.lb02]
  interface       = "eth0"
  multicast_group = "ff02::118" # ERROR HA094: No IPv6 address is moved here, and the group

  member "lb01" {
    source = "fe80::5" # ERROR HA094: no adverts come from an IPv6 source
  }

  vip "one" {
    vrid      = 52
    addresses = ["10.0.0.52/32"]
  }
}

cluster "broken" {
  hosts           = [host.lb01, host.lb02]
  interface       = "eth0"
  multicast_group = "ff02::118"

  vip "one" {
    vrid      = 53
    addresses = ["10.0.0.53", "2001:db8:::53"] # ERROR HA017: is no IP address
  }
}
