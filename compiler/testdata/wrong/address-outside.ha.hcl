host "lb01" {
  interface "eth0" { addresses = ["10.0.0.5/24", "2001:db8::5/64"] }
}
host "lb02" {
  interface "eth0" { addresses = ["10.0.1.6/24"] }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "public" {
    vrid = 50
    addresses = [
      "192.0.2.10/32",     # WARN HA068: eth0 of host "lb01" and eth0 of host "lb02"
      "10.0.0.10/24",      # WARN HA068: for eth0 of host "lb02", so
      "2001:db8::10/64",
      "2001:db8:1::10/64", # WARN HA068: for eth0 of host "lb01", so
      "fe80::10/64",
    ]
  }
}

cluster "unicast" {
  hosts     = [host.lb01, host.lb03]
  interface = "eth0"
  transport = "unicast"

  vip "typo" {
    vrid      = 51
    addresses = ["10.0.10.10/24"] # WARN HA068: eth0 of host "lb01" and eth0 of host "lb03"
  }
}
host "lb03" {
  interface "eth0" { addresses = ["10.0.0.7/24"] }
}
