# Mail to the team whenever the address moves, and keepalived's notify script
# goes on to be called. Events of one burst go into one mail. The password stands
# in a file on each host, readable by root only.

variable "smtp_password_file" {
  type        = string
  default     = "/etc/hactl/smtp.password"
  description = "File on each host that holds the mail relay's password"
}

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

notify "ops" {
  on = ["active", "fault"]

  mail {
    to            = ["ops@example.com"]
    from          = "hactl@example.com"
    server        = "smtps://smtp.example.com:465"
    username      = "hactl"
    password_file = var.smtp_password_file
  }
}

notify "script" {
  exec {
    any = ["/usr/local/bin/on-change"]
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  notify    = [notify.ops, notify.script]

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
