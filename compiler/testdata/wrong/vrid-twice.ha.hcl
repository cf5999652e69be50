# One VRID twice: in one cluster, in two that share a host, and in two whose
# hosts are in one subnet.
host "a1" {
  interface "eth0" { addresses = ["10.0.0.1/24"] }
}
host "a2" {
  interface "eth0" { addresses = ["10.0.0.2/24"] }
}
host "b1" {
  interface "bond0" { addresses = ["10.0.0.3/24"] }
}
host "b2" {
  interface "bond0" { addresses = ["10.0.0.4/16"] } # a wrong length, and still a neighbour
}

cluster "a" {
  hosts     = [host.a1, host.a2]
  interface = "eth0"

  vip "one" {
    vrid      = 50 # RELATED
    addresses = ["10.0.0.100/24"]
  }
  vip "two" {
    vrid      = 50 # ERROR HA060: also that of vip "a/one"
    addresses = ["10.0.0.101/24"]
  }
}

cluster "b" {
  hosts     = [host.b1, host.b2]
  interface = "bond0"

  vip "one" {
    vrid      = 50 # ERROR HA060: give their interfaces a segment name each
    addresses = ["10.0.0.102/24"]
  }
}
