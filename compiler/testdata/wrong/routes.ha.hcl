host "lb01" { # RELATED
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
  }
  interface "eth1" {
    addresses = ["10.1.0.5/24"]
  }
}
host "lb02" { # RELATED
  interface "eth0" {
    addresses = ["10.0.0.6/24"]
  }
  interface "eth1" {
    addresses = ["10.1.0.6/24"]
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]

    address "10.0.0.101/24" {
      label = "web" # WARN HA146: The interface is eth0 on host "lb01", and the label begins otherwise.
    }
    address "10.0.0.102/24" {
      label = "eth0:a-long-label" # ERROR HA140: The label has 17 bytes, and there is room for 15.
    }
    address "10.1.0.103/24" {
      interface = "eth1"
      label     = "eth1:1"
    }
    address "10.1.0.104/24" {
      interface = "eth2" # ERROR HA053: Host "lb01" declares its interfaces, and "eth2" # ERROR HA053: Host "lb02" declares its interfaces
    }

    route "default" {} # ERROR HA142: Nothing says of which family this default route is.
    route "default" {
      via = "10.9.0.1" # WARN HA143: 10.9.0.1 is in none of the subnets
    }
    route "10.20.0.0/16" { # RELATED
      via = "10.1.0.1"
    }
    route "10.20.0.0/16" { # ERROR HA144: The same is already in vip "web/public"
      via = "10.0.0.1"
    }
    route "10.20.0.0/16" {
      via    = "10.0.0.1"
      metric = 10
    }
    route "10.21.0.0/16" {
      via    = "10.0.0.1"
      source = "2001:db8::1" # ERROR HA141: 2001:db8::1 is no IPv4 address, and the route is one of IPv4.
    }
  }

  vip "six" {
    vrid      = 51
    addresses = ["2001:db8::100/64"]

    address "2001:db8::101/64" {
      scope = "link"   # ERROR HA094: Only IPv4 has scopes to choose
      label = "eth0:1" # ERROR HA140: Only IPv4 addresses have labels.
    }
    route "10.30.0.0/16" { # ERROR HA141: Vip "web/six" has no IPv4 address, so it is never there
      via = "10.0.0.1"
    }
    rule { # RELATED
      priority = 100
      table    = 100
    }
    rule {
      priority = 101
      from     = "10.0.0.0/8"   # RELATED
      to       = "2001:db8::/32" # ERROR HA141: from is a network of IPv4 and to one of IPv6.
      table    = 100
    }
  }

  vip "seven" {
    vrid      = 52
    addresses = ["2001:db8::200/64"]
    rule { # ERROR HA144: The same is already in vip "web/six"
      priority = 100
      table    = 100
    }
  }
}
