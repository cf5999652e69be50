# Every block of the language, and most of its attributes, in one configuration.
hactl {
  required_version = ">= 0.1"
  store            = "ssh:"
}

variable "smtp_password_file" {
  type        = string
  default     = "/etc/hactl/smtp.password"
  description = "File on each host that holds the mail relay's password"
}

locals {
  lbs = [host.lb01, host.lb02]
}

host "lb01" {
  ssh    = "ops@10.0.0.5"
  labels = { rack = "a", uplink = "eth1" }

  interface "eth0" {
    addresses = ["10.0.0.5/24", "2001:db8::5/64"]
  }
  interface "eth1" {
    addresses = ["10.1.0.5/24"]
  }
}

host "lb02" {
  labels = { rack = "b", uplink = "ens34" }

  interface "ens33" {
    addresses = ["10.0.0.6/24", "2001:db8::6/64"]
    segment   = "dmz"
  }
  interface "eth1" {}
}

host "old" {
  router = "keepalived"

  interface "eth0" {
    addresses = ["10.0.0.7/24"]
  }
}

check "nginx" {
  http {
    url    = "http://127.0.0.1/healthz"
    status = [200]
  }
  interval = "3s"
  timeout  = "2s"
  fall     = 2
  rise     = 3
}

check "maintenance" {
  file {
    path   = "/etc/hactl/maintenance"
    expect = "absent"
  }
}

check "worker" {
  exec {
    command = ["/usr/bin/killall", "-0", "nginx"]
    user    = "root"
  }
}

# An interface that is called otherwise on each host.
check "uplink" {
  exec {
    command = ["/usr/bin/grep", "-q", "1", "/sys/class/net/${self.labels.uplink}/carrier"]
  }
}

notify "ops" {
  on = ["active", "backup", "fault"]

  mail {
    to            = ["ops@example.com"]
    from          = "hactl@example.com"
    server        = "smtps://smtp.example.com:465"
    username      = "hactl"
    password_file = var.smtp_password_file
  }
}

notify "scripts" {
  exec {
    active = ["/etc/keepalived/notify.sh", "master"]
    backup = ["/etc/keepalived/notify.sh", "backup"]
    fault  = ["/etc/keepalived/notify.sh", "fault"]
    any    = ["/usr/local/bin/on-change"]
    user   = "root"
  }
}

cluster "web" {
  hosts           = local.lbs
  interface       = "eth0"
  version         = 3
  advert_interval = "1s"
  transport       = "multicast"

  auth {
    type   = "hmac-sha256"
    active = 2

    key "1" { secret_file = "/etc/hactl/web-1.key" }
    key "2" { secret_file = "/etc/hactl/web-2.key" }
  }

  preemption {
    mode  = "delayed"
    delay = "10s"
  }

  track {
    check = check.nginx
  }

  track {
    check  = check.maintenance
    effect = "fault"
  }

  track {
    check = check.uplink
  }

  track {
    interface = "eth1"
    effect    = "fault"
  }

  member "lb02" {
    interface = "ens33"
  }

  hook "after_acquire" {
    command = ["/usr/local/bin/promote"]
    timeout = "5s"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24", "2001:db8::100/64"]
    prefer    = [host.lb01, host.lb02]

    track {
      check  = check.nginx # in place of the cluster's
      effect = "fault"
    }
  }

  vip "static" {
    vrid      = 55
    addresses = ["10.0.0.101/24"]
    prefer    = [host.lb02, host.lb01]

    address "10.0.0.102/32" {
      interface = "eth1"
      label     = "eth1:1"
    }

    route "10.20.0.0/16" {
      via = "10.0.0.1"
    }
  }

  notify = [notify.ops, notify.scripts]
}

# Half way from keepalived: its priorities are written on either side.
cluster "moving" {
  hosts         = [host.lb01, host.old]
  interface     = "eth0"
  transport     = "unicast"
  on_agent_loss = "keep"

  track {
    check  = check.worker
    weight = -60
  }

  member "lb01" { priority = 150 }
  member "old" { priority = 100 }

  vip "shop" {
    vrid      = 51
    addresses = ["10.0.0.110/24"]
  }
}

upgrade "nginx" {
  cluster = cluster.web

  nginx {
    binary         = "/usr/sbin/nginx"
    pid_file       = "/run/nginx.pid"
    worker_timeout = "5m"
  }

  release {
    version = "1.27.2"
    source  = "/srv/releases/nginx-1.27.2/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }

  drain { timeout = "5m" }

  verify {
    checks = [check.nginx]
    soak   = "30s"
  }

  order           = "backups-first"
  max_unavailable = 1
  spare           = 0
  on_failure      = "rollback"
}
