# Every probe, and what looks like a mistake but is none: a shell that is meant, a
# program to which signs of a shell mean something else, a short interval beside
# the default timeout, a check that only an upgrade asks, and one built from self.
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

check "http" {
  interval = "500ms"

  http {
    url     = "https://${self.interface["eth0"].address}:8443/healthz"
    host    = "www.example.com:8443"
    status  = [200, "300-399"]
    headers = { Accept = "text/plain" }
    body    = "^OK"
    ca_file = "/etc/ssl/private-ca.pem"
    verify  = true
  }
}
check "plain" {
  http {
    url    = "http://127.0.0.1/"
    method = "HEAD"
    verify = true
  }
}
check "tcp" {
  fall    = 5
  rise    = 1
  initial = "up"

  tcp {
    address = "127.0.0.1:5432"
  }
}
check "shell" {
  exec {
    command     = ["/bin/sh", "-c", "killall -0 nginx && exit 0 || exit 1"]
    user        = "root"
    environment = { LANG = "C" }
  }
}
check "shell-arguments" {
  exec {
    command = ["/bin/bash", "-ec", "exec curl -f \"$1\"", "check", "http://127.0.0.1/"]
  }
}
check "compare" {
  exec {
    command = ["/usr/bin/expr", "1", "|", "0"]
  }
}
check "number" {
  file {
    path    = "/run/load"
    expect  = "number"
    maximum = 0
  }
}
check "asked" {
  process {
    name    = "nginx"
    minimum = 2
  }
}
check "gateway" {
  interval = "2s"
  timeout  = "2s"
  jitter   = "2s"

  ping {
    address = "10.0.0.1"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  dynamic "track" {
    for_each = [for name, c in check : c if name != "asked"]

    content {
      check = track.value
    }
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

upgrade "nginx" {
  cluster = cluster.web

  nginx {}

  release {
    version = "1.27.2"
    source  = "/srv/releases/nginx-1.27.2/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
  verify {
    checks = [check.asked]
  }
}

upgrade "site" {
  cluster = cluster.web

  nginx {
    config = "/etc/nginx/nginx.conf"
  }

  release {
    version = "site-7"
    source  = "/srv/site-7/nginx.conf"
    sha256  = "0c5b7a119f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f"
  }
}
