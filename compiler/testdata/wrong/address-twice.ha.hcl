host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "one" {
    vrid = 50
    addresses = [
      "10.0.0.100/24", # RELATED
      "10.0.0.100",    # ERROR HA063: already in the list
    ]
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.100/16"] # ERROR HA062: also an address of vip "web/one"
  }
  vip "three" {
    vrid      = 52 # RELATED
    addresses = ["2001:db8::100/64"]
  }
  vip "four" {
    vrid      = 53
    addresses = ["fe80::200:5eff:fe00:234/64"] # ERROR HA062: also an address of vip "web/three"
  }
}
