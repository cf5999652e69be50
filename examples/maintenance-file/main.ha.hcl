# A file takes a host out of service: "touch /etc/hactl/maintenance" on the host
# moves the address to the other one within a second, and removing the file
# brings it back. With fault instead of demote the host would let go even if the
# other one were down.

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

check "in-service" {
  file {
    path   = "/etc/hactl/maintenance"
    expect = "absent"
  }
  interval = "500ms"
  fall     = 1
  rise     = 1
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  track {
    check  = check.in-service
    effect = "demote"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
