# Three load balancers whose nginx is kept at a release. One after the other the
# hosts give their addresses away, change over to the new binary without closing a
# socket, and are watched for half a minute. A host where the check of nginx fails
# goes back by itself, and those that were upgraded before it follow. While one is
# under way, another may fail: the third has the addresses.

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

host "lb03" {
  interface "eth0" {
    addresses = ["10.0.0.7/24"]
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
  hosts     = [host.lb01, host.lb02, host.lb03]
  interface = "eth0"

  track {
    check = check.nginx
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}

upgrade "nginx" {
  cluster = cluster.web
  spare   = 1

  nginx {
    worker_timeout = "2m"
  }

  release {
    version = "1.27.2"
    source  = "/srv/releases/nginx-1.27.2/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }

  drain {
    timeout = "1m"
  }

  verify {
    checks = [check.nginx]
    soak   = "30s"
  }
}
