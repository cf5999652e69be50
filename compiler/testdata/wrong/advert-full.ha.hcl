# 90 IPv6 addresses fit, the link-local one included, and 89 with a signature.
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
  vip "signed" {
    vrid      = 53
    addresses = [for i in range(1, 90) : "2001:db8:2::${i}/64"] # WARN HA069: room for 89 IPv6 addresses

    auth {
      type        = "hmac-sha256"
      secret_file = "/etc/hactl/web.key"
    }
  }
}
