# Every host needs an interface, from whatever level.
host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts = [
    host.lb01,
    host.lb02, # RELATED
  ]

  member "lb01" { interface = "eth0" }

  vip "public" { # ERROR HA054: which interface host "lb02" uses
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
