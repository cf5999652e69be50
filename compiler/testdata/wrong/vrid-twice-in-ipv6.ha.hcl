# The families of a vip count one by one.
host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "four" {
    vrid      = 50 # RELATED
    addresses = ["10.0.0.100/24"]
  }
  vip "six" {
    vrid      = 50
    addresses = ["2001:db8::100/64"]
  }
  vip "both" {
    vrid      = 50 # ERROR HA060: vip "web/four"
    addresses = ["10.0.0.101/24", "2001:db8::101/64"]
  }
}
