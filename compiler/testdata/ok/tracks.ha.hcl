# Levels of tracks: they add up, a vip's takes the place of the cluster's of the
# same thing, and an interface that a vip uses itself is not tracked again.
host "lb01" {}
host "lb02" {}
host "lb03" {}

check "nginx" {
  http {
    url = "http://127.0.0.1/healthz"
  }
}
check "maintenance" {
  file {
    path   = "/etc/hactl/maintenance"
    expect = "absent"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02, host.lb03]
  interface = "eth0"

  track {
    check = check.nginx
  }
  track {
    interface = "eth1"
    effect    = "fault"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.50/24", "2001:db8::50/64"]
  }
  vip "inside" {
    vrid      = 51
    addresses = ["10.1.0.51/24"]
    interface = "eth1"

    track {
      check  = check.nginx
      effect = "fault"
    }
    track {
      check  = check.maintenance
      effect = "demote"
    }
  }
}
