host "lb01" {}
host "lb02" {}

notify "nobody" { # WARN HA130: No cluster or vip names nobody
  webhook {
    url = "https://example.com/"
  }
}

notify "token" {
  webhook {
    url         = "https://chat.example.com/"
    bearer_file = "/etc/hactl/chat.token"                           # ERROR HA030: The token is sent in the header Authorization
    headers     = { X-Team = "net", authorization = "Basic TOPSECRET" } # RELATED
  }
}

notify "both" {
  mail {
    to            = ["ops@example.com"]
    from          = "hactl@example.com"
    server        = "smtp://mail.example.com"
    username      = "hactl"
    password      = "TOPSECRET" # RELATED
    password_file = "/etc/hactl/mail" # ERROR HA030: Only one of password and password_file
  }
}

notify "user" {
  mail {
    to       = ["ops@example.com"]
    from     = "hactl@example.com"
    server   = "smtp://mail.example.com"
    username = "hactl" # ERROR HA132: There is a user but no password
  }
}

notify "password" {
  mail {
    to            = ["ops@example.com"]
    from          = "hactl@example.com"
    server        = "smtp://mail.example.com"
    password_file = "/etc/hactl/mail" # ERROR HA132: There is a password but no user
  }
}

notify "scheme" {
  mail {
    to       = ["ops@example.com"]
    from     = "hactl@example.com"
    server   = "smtps://mail.example.com" # RELATED
    security = "starttls"                 # ERROR HA133: smtps:// means TLS from the first byte
  }
}

notify "clear" {
  mail {
    to            = ["ops@example.com"]
    from          = "hactl@example.com"
    server        = "smtp://mail.example.com"
    security      = "none"            # WARN HA131: can read the password # RELATED
    ca_file       = "/etc/ssl/ca.pem" # ERROR HA094: Without TLS there is no certificate to trust.
    username      = "hactl"
    password_file = "/etc/hactl/mail"
  }
}

notify "unheard" {
  on = ["active"] # RELATED
  exec {
    active = ["/bin/true"]
    fault  = ["/bin/true"] # ERROR HA134: on does not name "fault"
    any    = ["/bin/true"]
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  notify    = [notify.token, notify.both, notify.user, notify.password]

  announce {
    refresh = "500ms" # ERROR HA145: Write "1s" or more
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
    notify    = [notify.scheme, notify.clear, notify.unheard]
  }
}
