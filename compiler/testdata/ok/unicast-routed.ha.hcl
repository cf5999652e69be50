# Addresses that are routed to whoever is Active: between subnets, and from
# hosts with single addresses.
host "north" {
  interface "eth0" { addresses = ["10.0.1.5/24"] }
}
host "north2" {
  interface "eth0" { addresses = ["10.0.1.6/24"] }
}
host "south" {
  interface "eth0" { addresses = ["10.0.2.5/24"] }
}
host "r1" {
  interface "eth0" { addresses = ["198.51.100.1/32"] }
}
host "r2" {
  interface "eth0" { addresses = ["198.51.100.2/32"] }
}

cluster "sites" {
  hosts     = [host.north, host.north2, host.south]
  interface = "eth0"
  transport = "unicast"

  vip "anycast" {
    vrid      = 50
    addresses = ["192.0.2.10/32", "10.0.1.10/24"]
  }
}
cluster "routed" {
  hosts     = [host.r1, host.r2]
  interface = "eth0"
  transport = "unicast"

  vip "anycast" {
    vrid      = 51
    addresses = ["192.0.2.11/32"]
  }
}
