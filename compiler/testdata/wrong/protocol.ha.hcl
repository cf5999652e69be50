host "lb01" {}
host "lb02" {}

locals {
  lbs = [host.lb01, host.lb02]
}

cluster "v2" {
  hosts           = local.lbs
  interface       = "eth0"
  version         = 2       # RELATED
  advert_interval = "300ms" # ERROR HA080: Version 2 counts whole seconds

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
  }
  vip "six" {
    vrid            = 52
    advert_interval = "1500ms"           # ERROR HA080: it cannot carry 1.5s
    addresses       = ["2001:db8::1/64"] # ERROR HA082: version 2 has IPv4 only
  }
}

cluster "v3" {
  hosts     = local.lbs
  interface = "eth0"

  vip "long" {
    vrid            = 60
    addresses       = ["10.0.0.60/24"]
    advert_interval = "41s" # ERROR HA080: from 10ms to 40.95s
  }
  vip "odd" {
    vrid            = 61
    addresses       = ["10.0.0.61/24"]
    advert_interval = "1005ms" # ERROR HA080: steps of 10ms
  }
  vip "short" {
    vrid            = 62
    addresses       = ["10.0.0.62/24"]
    advert_interval = "50ms" # WARN HA081: take over 150ms after the last advert
  }
}
