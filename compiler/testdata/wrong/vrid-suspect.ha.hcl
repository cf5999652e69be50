# Nobody can say whether these clusters hear each other.
host "a1" {}
host "a2" {}
host "b1" {}
host "b2" {}

cluster "a" {
  hosts     = [host.a1, host.a2]
  interface = "eth0"

  vip "one" {
    vrid      = 50 # RELATED
    addresses = ["10.0.0.100/24"]
  }
}

cluster "b" {
  hosts     = [host.b1, host.b2]
  interface = "eth0"

  vip "one" {
    vrid      = 50 # WARN HA061: declare the hosts' interfaces with addresses or a segment
    addresses = ["10.0.0.101/24"]
  }
}
