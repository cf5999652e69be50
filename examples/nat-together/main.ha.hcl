# Two gateways between an outer and an inner network. The inner hosts' default
# gateway and the outer address have to be on the same gateway, so the vips move
# together: when either link of a gateway fails, the other one takes both.

host "gw01" {
  interface "eth0" {
    addresses = ["203.0.113.2/24"]
  }
  interface "eth1" {
    addresses = ["192.168.1.2/24"]
  }
}

host "gw02" {
  interface "eth0" {
    addresses = ["203.0.113.3/24"]
  }
  interface "eth1" {
    addresses = ["192.168.1.3/24"]
  }
}

cluster "nat" {
  hosts    = [host.gw01, host.gw02]
  failover = "together"

  vip "outer" {
    interface = "eth0"
    vrid      = 55
    addresses = ["203.0.113.10/24"]
  }

  vip "inner" {
    interface = "eth1"
    vrid      = 56
    addresses = ["192.168.1.1/24"]
  }
}
