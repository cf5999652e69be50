# What only the plan's own rules say, once for all hosts.
host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  dynamic "hook" {
    for_each = range(300)
    labels   = ["after_acquire"]

    content {
      command = ["/usr/local/bin/promote", format("%03d", hook.value)]
    }
  }

  vip "public" { # ERROR HA096: The agent of host "lb01" would refuse its plan: router web/public/ipv4: hooks: 300 of them, more than 256.
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
