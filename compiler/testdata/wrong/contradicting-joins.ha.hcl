# Host "p" is in a cluster with segment "a" and in one with segment "b". The
# first cluster by name counts, whatever the order of blocks.
host "a1" {
  interface "eth0" { segment = "a" }
}
host "a2" {
  interface "eth0" { segment = "a" }
}
host "b1" {
  interface "eth0" { segment = "b" }
}
host "p" {}

cluster "three" {
  hosts     = [host.a1, host.a2]
  interface = "eth0"

  vip "x" {
    vrid      = 51 # RELATED
    addresses = ["10.0.0.53"]
  }
}
cluster "two" {
  hosts     = [host.p, host.b1]
  interface = "eth0"

  vip "x" {
    vrid      = 51 # ERROR HA060: also that of vip "three/x"
    addresses = ["10.0.0.52"]
  }
}
cluster "one" {
  hosts     = [host.p, host.a1]
  interface = "eth0"

  vip "x" {
    vrid      = 50
    addresses = ["10.0.0.51"]
  }
}
