host "lb01" {}
host "lb02" {}
host "lb03" {
  interface "lo" { addresses = ["10.0.1.7/32"] }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "lo" # ERROR HA057: every member would be Active

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/32"]
  }
  vip "two" {
    vrid      = 51
    interface = "eth0"
    addresses = ["10.0.0.51/32"]
  }
}
cluster "db" {
  hosts     = [host.lb01, host.lb03]
  interface = "eth0"

  member "lb03" {
    interface = "lo" # ERROR HA057: Name the interface that the hosts hear each other on
  }

  vip "one" {
    vrid      = 52
    addresses = ["10.0.0.52/32"]
  }
}
