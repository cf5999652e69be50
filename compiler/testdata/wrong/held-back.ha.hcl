host "lb01" {}
host "old" { # RELATED
  router = "keepalived"
}

check "nginx" {
  process {
    name = "nginx"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.old]
  interface = "eth0"

  member "lb01" { priority = 150 }
  member "old" { priority = 100 }

  preemption {
    mode = "never" # WARN HA109: Host "old" does not run hactl
  }

  track {
    check = check.nginx
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}
