# Of what package lang has refused no plan is made, so nothing is said of one.
host "lb01" {}
host "lb02" {}

check "nothing" { # ERROR HA008: A check block needs one of http, tcp
}
check "two" {
  tcp { address = "127.0.0.1:80" }
  file { path = "/run/x" } # ERROR HA030: Only one of
}
check "command" {
  exec { command = ["pidof nginx"] } # ERROR HA015: command can't begin with "pidof nginx"
}

notify "two" {
  exec { any = ["/bin/true"] }
  webhook { url = "https://chat.example.com/" } # ERROR HA030: Only one of mail, exec and webhook
}
notify "mail" {
  mail {
    to     = ["nobody"] # ERROR HA015: to can't be "nobody"
    from   = "ops"      # ERROR HA015: from can't be "ops"
    server = "mail"     # ERROR HA015: server can't be "mail"
  }
}
notify "single" {
  exec { any = ["/bin/true"] }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  notify    = [notify.two, notify.mail]

  track { check = check.nothing }
  track { check = check.two }
  track {
    check     = check.command
    interface = "eth1" # ERROR HA030: Only one of check and interface may be written.
  }

  auth {
    type   = "hmac-sha256"
    secret = "TOPSECRET"
    key "1" { secret_file = "/etc/hactl/web-1.key" } # ERROR HA030: Only one of secret, secret_file and key
  }

  hook "after_acquire" {
    command = ["promote"] # ERROR HA015: command can't begin with "promote"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
    notify    = notify.single # ERROR HA013: Write it in brackets
  }
}

upgrade "release" { # ERROR HA008: An upgrade block needs a release block.
  cluster = cluster.web
  nginx {}
}
upgrade "strategy" { # ERROR HA008: An upgrade block needs one of nginx, haproxy and exec.
  cluster = cluster.web
  release {
    version = "1"
    source  = "/srv/nginx"
    sha256  = "00" # ERROR HA015: sha256 can't be "00"
  }
}
