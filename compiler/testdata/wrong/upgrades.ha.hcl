host "lb01" {}
host "lb02" {}
host "a" {
  router = "keepalived"
}
host "b" {
  router = "keepalived"
}

cluster "web" {
  hosts     = [host.lb01, host.lb02] # RELATED
  interface = "eth0"

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}

cluster "foreign" {
  hosts     = [host.a, host.b] # RELATED
  interface = "eth0"

  vip "public" {
    vrid      = 51
    addresses = ["10.0.0.101/24"]
    member "a" {
      priority = 100
    }
    member "b" {
      priority = 90
    }
  }
}

upgrade "all" {
  cluster         = cluster.web
  max_unavailable = 2 # ERROR HA156: Cluster "web" has 2 hosts, and 2 may be under way at once

  nginx {
    binary = "/usr/sbin/nginx" # RELATED
  }
  release {
    version = "1.27.2"
    source  = "/usr/sbin/nginx" # ERROR HA157: both cannot be the same
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}

upgrade "twice" {
  cluster = cluster.web

  nginx {
    binary = "/usr/sbin/nginx" # ERROR HA158: Another upgrade replaces /usr/sbin/nginx on host "lb01" too
  }
  release {
    version = "1.27.2"
    source  = "/srv/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}

upgrade "nobody" {
  cluster = cluster.foreign # ERROR HA155: No host of cluster "foreign" runs hactl's agent

  haproxy {}
  release {
    version = "3.0"
    source  = "/srv/haproxy"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}

upgrade "spare" {
  cluster = cluster.web
  spare   = 1 # ERROR HA159: Cluster "web" has 2 hosts: with 1 under way and 1 more that may fail meanwhile

  exec {
    binary   = "/opt/app"
    apply    = ["/opt/upgrade"]
    rollback = ["/opt/upgrade", "--back"]
  }
  release {
    version = "2"
    source  = "/srv/app"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}

cluster "mixed" {
  hosts     = [host.lb01, host.lb02, host.a]
  interface = "eth2"

  vip "one" {
    vrid      = 61
    addresses = ["10.2.0.60/24"]
    member "lb01" {
      priority = 200
    }
    member "lb02" {
      priority = 150
    }
    member "a" {
      priority = 100
    }
  }
}

# The foreign host is not upgraded, and has the vip meanwhile.
upgrade "mixed" {
  cluster         = cluster.mixed
  max_unavailable = 3

  haproxy {
    binary = "/opt/haproxy"
  }
  release {
    version = "3.0"
    source  = "/srv/haproxy"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}

cluster "own" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth3"

  vip "one" {
    vrid      = 62
    addresses = ["10.3.0.60/24"]
    member "lb02" {
      owner = true # RELATED
    }
  }
}

upgrade "own" {
  cluster = cluster.own

  haproxy {
    binary = "/opt/own"
  }
  release {
    version = "3.0"
    source  = "/srv/haproxy"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
  drain {} # ERROR HA160: Host "lb02" owns the addresses of vip "one", so they stay on it
}

cluster "alone" {
  hosts     = [host.lb01] # RELATED # WARN HA056: nothing takes over
  interface = "eth1"

  vip "one" {
    vrid      = 60
    addresses = ["10.1.0.60/24"]
  }
}

upgrade "alone" {
  cluster = cluster.alone
  haproxy {}
  release {
    version = "3.0"
    source  = "/srv/haproxy"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
  drain {} # ERROR HA156: Cluster "alone" has one host, so there is none to move its vips to first.
}

# A configuration is a file like a binary.
upgrade "configuration" {
  cluster = cluster.mixed

  nginx {
    config = "/etc/nginx/nginx.conf" # RELATED
  }
  release {
    version = "two"
    source  = "/etc/nginx/nginx.conf" # ERROR HA157: both cannot be the same
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}

upgrade "configuration-twice" {
  cluster = cluster.mixed

  nginx {
    config = "/etc/nginx/nginx.conf" # ERROR HA158: Another upgrade replaces /etc/nginx/nginx.conf on host "lb01" too
  }
  release {
    version = "three"
    source  = "/srv/nginx.conf"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}
