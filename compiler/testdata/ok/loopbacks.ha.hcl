# Addresses that many hosts may have: on lo, and link-local ones.
host "lb01" {
  interface "lo" { addresses = ["127.0.0.1/8", "203.0.113.53/32", "::1/128"] }
  interface "eth0" { addresses = ["10.0.0.5/32", "fe80::5/64"] }
}
host "lb02" {
  interface "lo" { addresses = ["127.0.0.1/8", "203.0.113.53/32", "::1/128"] }
  interface "eth0" { addresses = ["10.0.0.6/32", "fe80::6/64"] }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100", "203.0.113.53", "2001:db8::53"]
  }
}
