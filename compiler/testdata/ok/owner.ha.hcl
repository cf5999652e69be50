# The classic way of RFC 9568: lb01 owns the address, lb02 stands in for it.
host "lb01" {
  interface "eth0" { addresses = ["10.0.0.1/24", "10.0.0.5/24"] }
}
host "lb02" {
  interface "eth0" { addresses = ["10.0.0.6/24"] }
}

cluster "web" {
  hosts     = [host.lb02, host.lb01] # an owner comes first wherever it stands
  interface = "eth0"

  vip "gateway" {
    vrid      = 1
    addresses = ["10.0.0.1/24"]

    member "lb01" { owner = true }
  }
}
