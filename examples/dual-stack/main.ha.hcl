# One service with IPv4 and IPv6 addresses. They stand in one vip: written once,
# with one order of hosts. Each family has its own election, so that what breaks
# only IPv6 leaves IPv4 where it is.

host "edge1" {
  interface "eth0" {
    addresses = ["198.51.100.11/24", "2001:db8:0:1::11/64"]
  }
}

host "edge2" {
  interface "eth0" {
    addresses = ["198.51.100.12/24", "2001:db8:0:1::12/64"]
  }
}

cluster "edge" {
  hosts           = [host.edge1, host.edge2]
  interface       = "eth0"
  advert_interval = "300ms" # takeover in about a second

  vip "www" {
    vrid = 80

    # Two virtual routers follow from this, one for each family. IPv6 wants a
    # link-local address first; hactl adds it: fe80::200:5eff:fe00:250.
    addresses = [
      "198.51.100.80/24",
      "198.51.100.81/24",
      "2001:db8:0:1::80/64",
    ]
  }
}
