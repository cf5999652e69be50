# What a cluster says for the vips that have a use for it.
host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts           = [host.lb01, host.lb02]
  interface       = "eth0"
  checksum        = "rfc9568"
  multicast_group = "ff02::118"

  member "lb01" {
    source = "10.0.0.5"
  }

  vip "four" {
    vrid      = 50
    addresses = ["10.0.0.50"]
  }
  vip "old" {
    vrid      = 51
    version   = 2
    addresses = ["10.0.0.51"]
  }
  vip "six" {
    vrid      = 52
    addresses = ["2001:db8::52"]
  }
}
