# What goes along with a vip.
host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24", "2001:db8::5/64"]
  }
  interface "eth1" {
    addresses = ["10.1.0.5/24"]
  }
}

host "lb02" {
  interface "eth0" {
    addresses = ["10.0.0.6/24", "2001:db8::6/64"]
  }
  interface "eth1" {
    addresses = ["10.1.0.6/24"]
  }
}

variable "key" {
  default   = "0123456789abcdef0123456789abcdef"
  sensitive = true
}

notify "ops" {
  on = ["fault", "active"]

  mail {
    to            = ["Ops <ops@example.com>", "net@example.com"]
    from          = "hactl-${self.name}@example.com"
    server        = "smtp://mail.example.com"
    username      = "hactl"
    password_file = "/etc/hactl/smtp.password"
  }
}

notify "scripts" {
  exec {
    active = ["/etc/keepalived/notify.sh", "master"]
    any    = ["/usr/local/bin/on-change"]
    user   = "root"
  }
}

notify "chat" {
  webhook {
    url_file = "/etc/hactl/chat.url"
    headers  = { X-Host = self.name }
  }
}

cluster "web" {
  hosts       = [host.lb01, host.lb02]
  interface   = "eth0"
  quiet_start = "3s"
  notify      = [notify.scripts]

  auth {
    type   = "hmac-sha256"
    active = 2
    accept = "permissive"

    key "2" {
      secret_file = "/etc/hactl/web-2.key"
    }
    key "1" {
      secret = var.key
    }
  }

  announce {
    burst   = 3
    repeat  = "0s"
    refresh = "1m"
  }

  hook "before_release" {
    command = ["/usr/local/bin/drain", "--wait"]
    timeout = "2s"
  }

  hook "after_acquire" {
    command     = ["/usr/local/bin/promote"]
    environment = { ROLE = "active" }
    user        = "postgres"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24", "2001:db8::100/64"]
    notify    = [notify.ops, notify.scripts, notify.chat]

    address "10.1.0.100/24" {
      interface     = "eth1"
      label         = "eth1:vip"
      noprefixroute = true
    }

    address "10.0.0.101/32" {
      scope = "link"
    }

    hook "after_acquire" {
      command = ["/usr/local/bin/announce"]
    }

    route "default" {
      via    = "10.0.0.1"
      source = "10.0.0.100"
      metric = 10
    }

    route "::/0" {
      via   = "fe80::1"
      table = 100
    }

    rule {
      priority = 1000
      from     = "10.0.0.100"
      table    = 100
    }

    rule {
      priority = 1001
      mark     = 7
      table    = 100
    }
  }
}

upgrade "nginx" {
  cluster = cluster.web

  nginx {}

  release {
    version = "1.27.2"
    source  = "/srv/releases/nginx-1.27.2/nginx"
    sha256  = "9F2FEB0F1EF425B292F2F94BBB8A73D3F5A0F0E8C6D5B9A4D1D34A6F0C5B7A11"
  }

  drain {}

  verify {
    soak = "30s"
  }
}
