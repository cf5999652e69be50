# One VRID again and again: in two families, on two interfaces of the same
# hosts, and in two subnets.
host "a1" {
  interface "eth0" { addresses = ["10.0.0.1/24", "fe80::1/64"] }
  interface "eth1" { addresses = ["192.168.0.2/24"] }
}
host "a2" {
  interface "eth0" { addresses = ["10.0.0.2/24", "fe80::2/64"] }
  interface "eth1" { addresses = ["192.168.0.3/24"] }
}
host "b1" {
  interface "eth0" { addresses = ["10.0.1.1/24", "fe80::1/64"] }
}
host "b2" {
  interface "eth0" { addresses = ["10.0.1.2/24", "fe80::2/64"] }
}

cluster "a" {
  hosts     = [host.a1, host.a2]
  interface = "eth0"

  vip "four" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
  vip "six" {
    vrid      = 50
    addresses = ["2001:db8::100/64"]
  }
  vip "inside" {
    vrid      = 50
    interface = "eth1"
    addresses = ["192.168.0.1/24"]
  }
}

cluster "b" {
  hosts     = [host.b1, host.b2]
  interface = "eth0"

  vip "four" {
    vrid      = 50
    addresses = ["10.0.1.100/24"]
  }
}
