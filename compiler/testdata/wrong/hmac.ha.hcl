# No finding shows a key; TestNoSecretInFindings looks.
host "lb01" {}
host "lb02" {}
host "old" { # RELATED
  router = "keepalived"
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "short" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
    auth {
      type   = "hmac-sha256"
      secret = "TOPSECRET" # ERROR HA150: The key has 9 bytes, and HMAC takes 32 to 64.
    }
  }
  vip "no active" { # ERROR HA010: can't be the vip's name
    vrid = 50
  }
  vip "which" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
    auth { # ERROR HA151: There are 2 keys, and nothing says which one signs. Add active = 2.
      type = "hmac-sha256"
      key "1" {
        secret_file = "/etc/hactl/1.key"
      }
      key "2" {
        secret_file = "/etc/hactl/2.key"
      }
    }
  }
  vip "none" {
    vrid      = 52
    addresses = ["10.0.0.52/24"]
    auth {
      type   = "hmac-sha256"
      active = 3 # ERROR HA151: There is no key 3: the block has 1 and 2.
      key "1" {
        secret_file = "/etc/hactl/1.key"
      }
      key "2" {
        secret_file = "/etc/hactl/2.key"
      }
    }
  }
  vip "pass" {
    vrid      = 53
    version   = 2
    addresses = ["10.0.0.53/24"]
    auth {
      type        = "pass" # RELATED # WARN HA092: Everybody on the segment
      secret_file = "/etc/hactl/x"
      active      = 1         # ERROR HA152: Active says something about the keys
      accept      = "enforce" # ERROR HA152: Accept says something about the keys
    }
  }
  vip "pass-with-keys" {
    vrid      = 54
    version   = 2
    addresses = ["10.0.0.54/24"]
    auth {
      type = "pass" # WARN HA092: Everybody on the segment
      key "1" {     # ERROR HA152: A password has no key blocks.
        secret = "TOPSECRET"
      }
    }
  }
}

cluster "mixed" {
  hosts     = [host.lb01, host.old]
  interface = "eth0"

  vip "one" {
    vrid      = 60
    addresses = ["10.0.0.60/24"]
    member "lb01" {
      priority = 100
    }
    member "old" {
      priority = 90
    }
    auth {
      type        = "hmac-sha256" # INFO HA153: Host "old" does not run hactl.
      secret_file = "/etc/hactl/x"
    }
  }
}
