# Two load balancers; the address follows a working nginx. When nginx fails on
# the host that has the address, the other one takes it, and nobody lets go
# without a successor: with nginx down on both, the address stays where it is.

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

check "nginx" {
  http {
    url = "http://127.0.0.1/healthz"
  }
  interval = "1s"
  timeout  = "500ms"
  fall     = 2
  rise     = 3
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  track {
    check = check.nginx
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
