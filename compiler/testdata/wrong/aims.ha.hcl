# Checks that say the same on every host.

host "lb01" {}
host "lb02" {}
host "old" {
  router = "keepalived"
}

check "self" {
  http {
    url = "http://10.0.0.100:8080/healthz" # WARN HA122: as long as nobody has it, it fails
  }
}

check "mate" {
  tcp {
    address = "[2001:db8::100]:443" # WARN HA122: they take the addresses from each other
  }
}

check "gateway" {
  ping {
    address = "10.0.0.1" # RELATED
  }
}

check "name" {
  tcp {
    address = "gateway.example.com:80"
  }
}

check "local" {
  tcp {
    address = "127.0.0.1:80"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  failover  = "together"

  track {
    check  = check.self
    effect = "fault"
  }

  track {
    check = check.mate
  }

  track {
    check  = check.gateway
    effect = "fault" # WARN HA123: Every host of vip "web/public" asks 10.0.0.1
  }

  track {
    check  = check.name
    effect = "fault"
  }

  track {
    check  = check.local
    effect = "fault"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"] # RELATED
  }

  vip "six" {
    vrid      = 51
    addresses = ["2001:db8::100/64"] # RELATED
  }
}

# A neighbour of another kind stays, and other vips' addresses may be asked.
cluster "mixed" {
  hosts     = [host.lb01, host.old]
  interface = "eth1"

  track {
    check  = check.gateway
    effect = "fault"
  }

  member "lb01" {
    priority = 150
  }

  member "old" {
    priority = 100
  }

  vip "other" {
    vrid      = 52
    addresses = ["10.9.0.100/24"]
  }
}
