# Only the hosts that need a block have to have what it asks of self: neither the
# database nor the neighbour that runs keepalived declares eth0.
host "db01" {}
host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
  }
}
host "lb02" {
  interface "eth0" {
    addresses = ["10.0.0.6/24"]
  }
}
host "old" {
  router = "keepalived"
}

check "nginx" {
  http {
    url = "http://${self.interface["eth0"].address}/"
  }
}

notify "ops" {
  mail {
    to     = ["ops@example.com"]
    from   = "hactl@${self.interface["eth0"].address}"
    server = "smtps://smtp.example.com"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02, host.old]
  interface = "eth0"
  notify    = [notify.ops]

  member "lb01" { priority = 120 }
  member "lb02" { priority = 110 }
  member "old" { priority = 100 }

  track {
    check = check.nginx
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
