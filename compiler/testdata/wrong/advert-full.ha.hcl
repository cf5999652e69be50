# 90 IPv6 addresses fit, the link-local one included.
host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "many" {
    vrid      = 50
    addresses = [for i in range(1, 91) : "2001:db8::${i}/64"] # WARN HA069: room for 90 IPv6 addresses
  }
  vip "just-enough" {
    vrid      = 51
    addresses = concat([for i in range(1, 90) : "2001:db8:1::${i}/64"], [for i in range(1, 256) : "10.0.${i}.1/16"])
  }
  vip "more" {
    vrid      = 52
    addresses = [for i in range(1, 257) : "10.1.${floor(i / 250)}.${i % 250 + 1}/16"] # WARN HA069: room for 255 IPv4 addresses
  }
}
