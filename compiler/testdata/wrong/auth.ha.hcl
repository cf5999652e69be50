# No finding shows a secret; TestNoSecretInFindings looks.
host "lb01" {}
host "lb02" {}

cluster "v3" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  auth {
    type   = "pass" # ERROR HA090: Write version = 2 beside the block
    secret = "TOPSECRET"
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "v2" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  version   = 2

  auth {
    type   = "pass" # WARN HA092: read the password in each advert
    secret = "TOPSECRET" # ERROR HA091: The password has 9 bytes
  }

  vip "one" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
  }
  vip "two" {
    vrid      = 52
    addresses = ["10.0.0.52/24"]
  }
  vip "three" {
    vrid      = 53
    addresses = ["10.0.0.53/24"]

    auth {
      type        = "pass" # WARN HA092: not against attackers
      secret_file = "/etc/hactl/three.secret"
    }
  }
  vip "four" {
    vrid      = 54
    version   = 3 # RELATED
    addresses = ["10.0.0.54/24"]

    auth {
      type   = "pass" # ERROR HA090: VRRP version 3 has no authentication
      secret = "TOPSECRET"
    }
  }
}
