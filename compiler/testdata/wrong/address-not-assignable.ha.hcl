host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "public" {
    vrid = 50
    addresses = [
      "10.0.0.0/24",     # ERROR HA067: the address of the subnet, not of a host in it
      "10.0.1.255/24",   # ERROR HA067: the broadcast address
      "127.0.0.2/8",     # ERROR HA067: a loopback address
      "::1",             # ERROR HA067: a loopback address
      "2001:db8::/64",   # ERROR HA067: the address of the subnet
      "10.0.2.0/31",
      "10.0.2.1/31",
      "10.0.3.0/32",
      "2001:db8::ffff:ffff:ffff:ffff/64",
    ]
  }
}
