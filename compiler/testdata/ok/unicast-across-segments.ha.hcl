# Unicast is routed: members may be on different segments.
host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
    segment   = "north"
  }
}
host "lb02" {
  interface "eth0" {
    addresses = ["10.0.1.5/24"]
    segment   = "south"
  }
}
host "unused" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  transport = "unicast"

  vip "any" {
    vrid      = 50
    addresses = ["2001:db8::100"]

    member "lb01" { source = "2001:db8:a::5" }
    member "lb02" { source = "2001:db8:b::5" }
  }
}
