# Two database proxies in a cloud network, which carries no multicast: adverts
# go from host to host. Sources and peers follow from the hosts' addresses.

# The hosts as a table; elsewhere it may come from a file, for instance with
# csvdecode(file("hosts.csv")).
locals {
  proxies = {
    db-proxy-a = "10.1.4.10"
    db-proxy-b = "10.1.4.11"
  }
}

variable "admin" {
  type        = string
  default     = "admin"
  description = "The user that ssh logs in as"
}

dynamic "host" {
  for_each = local.proxies
  iterator = proxy
  labels   = [proxy.key]

  content {
    ssh = "${var.admin}@${proxy.value}"

    interface "ens5" {
      addresses = ["${proxy.value}/24"]
    }
  }
}

cluster "db" {
  hosts     = [host.db-proxy-a, host.db-proxy-b]
  interface = "ens5"
  transport = "unicast"

  advert_interval = "500ms" # takeover in about 1.5 s

  # Moving the address cuts long-running queries. Whoever has it keeps it until
  # it fails.
  preemption {
    mode = "never"
  }

  vip "postgres" {
    vrid      = 20
    addresses = ["10.1.4.100/24"]
  }
}
