host "lb01" {}

check "none" { # ERROR HA008: A check block needs one of http, tcp, exec, process, file and ping. Add one, such as http { … }.
  interval = "1s"
}

check "two" {
  tcp {
    address = "127.0.0.1:80"
  }
  ping { # ERROR HA030: Only one of http, tcp, exec, process, file and ping may be written.
    address = "10.0.0.1"
  }
}

check "twice" {
  ping {
    address = "10.0.0.1"
  }
  ping { # ERROR HA012: A check block holds at most 1 block of type ping.
    address = "10.0.0.2"
  }
}

check "numbers" {
  rise     = 0       # ERROR HA014: rise can't be 0. Write a number from 1 to 1000.
  fall     = -1      # ERROR HA014: fall can't be -1. Write a number from 1 to 1000.
  interval = "1ms"   # ERROR HA014: interval can't be "1ms". Write a duration from 10ms to 24h.
  initial  = "fault" # ERROR HA015: initial can't be "fault".
  http {
    url         = "127.0.0.1/healthz"             # ERROR HA015: url can't be "127.0.0.1/healthz": it is no URL that begins with http:// or https:// and a host.
    status      = [200, "300-399", "399-300", 42] # ERROR HA015: status can't be "399-300" && # ERROR HA015: status can't be "42"
    body        = "(["                            # ERROR HA015: body can't be "([": it is no regular expression
    digest      = "abc"                           # ERROR HA015: digest can't be "abc": a SHA-256 is 64 hexadecimal digits.
    server_name = ""                              # ERROR HA015: server_name can't be "": it is no name of a host
  }
}

check "secret" {
  http {
    url = "http://me:x@127.0.0.1/" # ERROR HA015: it holds a user or a password, which everybody would see.
  }
}

check "endpoint" {
  tcp {
    address = "127.0.0.1" # ERROR HA015: it is no host with a port, such as "127.0.0.1:5432" or "[::1]:5432".
  }
}

check "relative" {
  exec {
    command = ["killall", "-0", "nginx"] # ERROR HA015: command can't begin with "killall": no shell looks for it, so it must be an absolute path
  }
}

check "text" {
  exec {
    command = "/usr/bin/killall -0 nginx" # ERROR HA013: command is a list, not a text. Write it in brackets
  }
}

check "empty" {
  exec {
    command = [] # ERROR HA014: command needs at least 1 element.
  }
}

check "neither" {
  process {} # ERROR HA008: A process block needs one of name and pid_file.
}

check "both" {
  process {
    name     = "nginx"
    pid_file = "/run/nginx.pid" # ERROR HA030: Only one of name and pid_file
  }
}

cluster "web" {
  hosts = [host.lb01]
  track { # ERROR HA008: A track block needs one of check and interface. Add one, such as check = check.nginx.
  }
  track {
    check     = check.both
    interface = "eth1" # ERROR HA030: Only one of check and interface may be written.
  }
  track {
    check = "both" # ERROR HA018: check takes a check itself, not its name. Write check.both instead of "both".
  }
  track {
    check = [check.both] # ERROR HA013: check takes one check, not a list. Write it without brackets: check.nginx.
  }
  track {
    check = host.lb01 # ERROR HA019: check takes a check, not a host.
  }
  track {
    check = notify.ops # ERROR HA019: check takes a check, not a notify. Write check.nginx.
  }
  track {
    check = check.bth # ERROR HA020: There is no check bth. Did you mean check.both?
  }
  track {
    check  = check.both
    weight = 254      # ERROR HA014: weight can't be 254. Write a number from -253 to 253.
    effect = "demot"  # ERROR HA015: effect can't be "demot". Did you mean "demote"?
  }
  notify = [notify.ops, notify.opps, check.both] # ERROR HA020: There is no notify opps. Did you mean notify.ops?
  hook "after" { # ERROR HA010: "after" can't be the moment: it is "after_acquire" or "before_release".
    command = ["/bin/true"]
  }
}

notify "ops" {
  on = ["active", "master"] # ERROR HA015: on can't be "master".
  mail {
    to     = ["ops"]                        # ERROR HA015: to can't be "ops": it is no mail address
    from   = "a@example.com"
    server = "smtp.example.com:25"          # ERROR HA015: it is no mail server, such as "smtps://smtp.example.com:465"
  }
}

notify "nothing" {
  exec { # ERROR HA008: An exec block needs one of active, backup, fault, stop, conflict and any.
    user = "root"
  }
}

upgrade "nginx" { # ERROR HA008: An upgrade block needs a release block. Add release { … }.
  cluster = cluster.wbe # ERROR HA020: There is no cluster wbe. Did you mean cluster.web?
  nginx {}
}

upgrade "none" { # ERROR HA008: An upgrade block needs one of nginx, haproxy and exec.
  cluster = cluster.web
  release {
    version = "1"
    source  = "/srv/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a1" # ERROR HA015: a SHA-256 is 64 hexadecimal digits.
  }
}

upgrade "both" {
  cluster = cluster.web
  nginx {
    binary = "/usr/sbin/nginx" # RELATED
    config = "/etc/nginx/nginx.conf" # ERROR HA030: Only one of binary and config may be written.
  }
  release {
    version = "1"
    source  = "/srv/nginx"
    sha256  = "9f2feb0f1ef425b292f2f94bbb8a73d3f5a0f0e8c6d5b9a4d1d34a6f0c5b7a11"
  }
}

cluster "moved" {
  hosts = [host.lb01]
  vip "v" {
    vrid = 1
    address "10.0.0.300/24" {} # ERROR HA010: "10.0.0.300/24" can't be the address with its prefix length: it is no IP address, such as "10.0.0.102/24".
    address "10.0.0.1/24" {
      scope = "universe" # ERROR HA015: scope can't be "universe".
    }
    route "10.20.0.1/16" {} # ERROR HA010: it has bits behind the prefix length; the network is 10.20.0.0/16.
    route "default" {
      via = "10.0.0.0/8" # ERROR HA017: via can't be "10.0.0.0/8"
    }
    rule { # ERROR HA008: A rule block needs table. Add table = 100.
      priority = 40000  # ERROR HA014: priority can't be 40000.
      from     = "10.0.0.1/8" # ERROR HA017: from can't be "10.0.0.1/8": it has bits behind the prefix length; the network is 10.0.0.0/8.
    }
  }
}
locals {
  me = self.name # ERROR HA020: self is the host that a check, notify or upgrade block is evaluated for, and this is none of them.
}
