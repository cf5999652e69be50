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

# Linux answers for an address on every interface.
host "web01" {
  interface "eth0" { addresses = ["10.8.0.5/24", "fe80::5/64"] }
  interface "eth1" { addresses = ["10.8.0.100/32", "fe80::100/64"] } # RELATED
}
host "web02" {
  interface "eth0" { addresses = ["10.8.0.6/24"] }
}

cluster "other-interface" {
  hosts     = [host.web01, host.web02]
  interface = "eth0"

  vip "one" {
    vrid      = 52
    addresses = ["10.8.0.100/24", "fe80::100/64"] # ERROR HA064: the own address of eth1 of host "web01"
  }
}
