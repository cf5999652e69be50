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

check "forgotten" { # WARN HA115: No vip tracks check "forgotten" and no upgrade asks it
  ping {
    address = "10.0.0.1"
  }
}

check "slow" {
  interval = "1s"  # RELATED
  timeout  = "5s"  # WARN HA116: A run may take 5s, and the next one is due after 1s.
  jitter   = "2s"  # ERROR HA117: The first run begins at most one interval after the start, which is 1s, so jitter can't be 2s.

  http {
    url         = "http://127.0.0.1/" # RELATED
    method      = "HEAD"
    body        = "^OK"         # ERROR HA118: The answer to HEAD has no body, so body has nothing to look at.
    digest      = "2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df" # ERROR HA118: so digest has nothing to look at.
    server_name = "example.com" # ERROR HA118: server_name is about TLS, and the URL begins with http://.
    ca_file     = "/etc/ca.pem" # ERROR HA118: ca_file is about TLS
    host        = "example com" # ERROR HA015: host can't be "example com"
  }
}

check "tls" {
  http {
    url         = "https://127.0.0.1/"
    server_name = "a/b"         # ERROR HA015: server_name can't be "a/b"
    ca_file     = "/etc/ca.pem" # ERROR HA030: with verify = false any is.
    verify      = false         # RELATED
  }
}

# One finding for each host on which it is so.
check "self" {
  interval = self.name == "lb01" ? "10s" : "1s"
  timeout  = "5s" # WARN HA116: A run may take 5s, and the next one is due after 1s.

  ping {
    address = self.name == "lb01" ? "fe80::1" : "224.0.0.1" # ERROR HA015: address can't be fe80::1: a link-local address # ERROR HA015: address can't be 224.0.0.1: it is not the address of one station.
  }
}

check "pid" {
  process {
    pid_file = "/run/nginx.pid" # RELATED
    minimum  = 2                # ERROR HA118: A pid_file holds the number of one process.
  }
}

check "limits" {
  file {
    path    = "/run/load"
    expect  = "number"
    minimum = 10 # RELATED
    maximum = 5  # ERROR HA119: No number is at least 10 and at most 5
  }
}

check "no-number" {
  file {
    path    = "/run/load"
    minimum = 10 # ERROR HA118: Minimum is about the number in the file
  }
}

check "shell" {
  exec {
    command = [
      "/usr/bin/killall", "-0", "nginx",
      "&&", "exit", "0", # WARN HA120: No shell looks at this: killall gets "&&" as an argument
    ]
  }
}

check "output" {
  exec {
    command     = ["/usr/bin/curl", "-f", "http://127.0.0.1/", ">/dev/null"] # WARN HA120: curl gets ">/dev/null" as an argument
  }
}

check "one-text" {
  exec {
    command = ["/usr/bin/killall -0 nginx"] # WARN HA120: Write each word by itself: command = ["/usr/bin/killall", "-0", "nginx"].
  }
}

check "words" {
  exec {
    command = ["/bin/sh", "-c", "curl", "-f", "http://127.0.0.1/"] # WARN HA121: The shell runs the one text behind -c, which is "curl".
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  dynamic "track" {
    for_each = [for name, c in check : c if name != "forgotten"]

    content {
      check  = track.value
      effect = "fault"
    }
  }

  hook "after_acquire" {
    command = ["/usr/local/bin/promote", "|", "tee"] # WARN HA120: promote gets "|" as an argument
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}
