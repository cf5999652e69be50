host "lb01" {
  interface "eth0" { addresses = ["10.0.0.5/24", "2001:db8::5/64"] }
}
host "lb02" { # RELATED
  interface "eth0" { addresses = ["10.0.0.6/24", "fe80::6/64"] }
}
host "bare" {}

cluster "dual" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  transport = "unicast" # ERROR HA085: Unicast needs an IPv6 address of every member, and host "lb02"

  multicast_group = "224.0.0.99" # ERROR HA089: Remove the group, or the transport

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24", "2001:db8::50/64"]
  }
}

cluster "bare" {
  hosts     = [host.lb01, host.bare]
  interface = "eth0"

  vip "one" {
    vrid      = 51
    transport = "unicast" # ERROR HA085: host "bare" declares none for eth0
    addresses = ["10.0.0.51/24"]
  }
}
