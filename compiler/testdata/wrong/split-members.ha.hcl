# Segments that are said to be different carry no multicast between them.
host "lb01" {
  interface "eth0" {
    segment = "dmz" # RELATED
  }
}
host "lb02" {
  interface "eth0" {
    segment = "office" # RELATED
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0" # ERROR HA055: eth0 of host "lb01" is on segment "dmz"

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
