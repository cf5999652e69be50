# What package lang has refused is not blamed again for what is missing then.
host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/33"] # ERROR HA017: 10.0.0.5/33
  }
}
host "lb02" {
  interface "eth0" { addresses = ["10.0.0.6/24"] }
}
host "odd" {
  router = "frr" # ERROR HA015: frr
}

cluster "hosts" {
  hosts     = [host.lb01, host.lb03] # ERROR HA020: lb03
  interface = "eth0"
  prefer    = [host.lb02]

  member "lb03" {}

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "values" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  transport = "unicast"

  member "lb01" { priority = 255 } # ERROR HA014: 255
  member "lb02" { priority = 100 }

  vip "vrid" {
    vrid      = 256 # ERROR HA014: 256
    addresses = ["10.0.0.51/24"]
  }
  vip "addresses" {
    vrid      = 52
    addresses = ["10.0.0.300/24"] # ERROR HA017: 10.0.0.300
  }
  vip "preemption" {
    vrid      = 53
    addresses = ["10.0.0.53/24"]

    preemption {
      mode  = "delayed"
      delay = "soon" # ERROR HA016: soon
    }
  }
  vip "interface" {
    vrid      = 54
    addresses = ["10.0.0.54/24"]
    interface = 7.5 + true # ERROR HA022: bool
  }
  vip "interval" {
    vrid            = 55
    addresses       = ["10.0.0.55/24"]
    version         = 4 # ERROR HA014: 4
    advert_interval = "1s500ms"

    auth {
      type   = "pass"
      secret = "1234"
    }
  }
}

cluster "odd" {
  hosts = [host.lb02, host.odd]

  member "lb02" {
    interface = "eth0"
    owner     = true # ERROR HA005: owner
  }

  vip "one" {
    vrid      = 56
    addresses = ["10.0.0.56/24"]
  }
}

check "asked" {
  ping { address = "10.0.0.1" }
}

cluster "mixed" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  track     = check.asked # ERROR HA032: track is a block, not an attribute.

  member "lb01" { priority = 100 }
  member "lb01" { priority = 90 } # ERROR HA011: member "lb01" is declared twice

  vip "one" {
    vrid      = 57
    addresses = ["10.0.0.57/24"]
  }
}

cluster "none" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  vip       = ["10.0.0.58/24"] # ERROR HA032: vip is a block, not an attribute.
}

cluster "words" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vrrp_instance "one" {} # ERROR HA006: Write a vip block in a cluster block.
}
