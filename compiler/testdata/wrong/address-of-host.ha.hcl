# Addresses that hosts have, and owners that do not have them.
host "lb01" {
  interface "eth0" {
    addresses = [
      "10.0.0.5/24", # RELATED
      "10.0.0.6/24", # RELATED
    ]
  }
}
host "lb02" {
  interface "eth0" {
    addresses = [
      "10.0.0.7/24",
      "10.0.0.6/24", # ERROR HA066: already the address of eth0 of host "lb01"
    ]
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.5/24"] # ERROR HA064: the own address of eth0 of host "lb01"
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.8/24"] # ERROR HA065: Host "lb01" is to own 10.0.0.8

    member "lb01" {
      owner = true # RELATED
    }
  }
}
