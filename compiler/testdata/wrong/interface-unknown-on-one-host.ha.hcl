# eth0 is right on one host and wrong on the other: both places are shown.
host "lb01" {
  interface "eth0" {}
}
host "lb02" { # RELATED
  interface "eth1" {}
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0" # ERROR HA053: Host "lb02" declares its interfaces, and "eth0" is none of them. Did you mean "eth1"?

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
