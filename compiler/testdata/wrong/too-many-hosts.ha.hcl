# dynamic blocks make hosts by the hundred; VRRP has 254 priorities.
locals {
  numbers = range(1, 256)
}

dynamic "host" {
  for_each = local.numbers
  labels   = ["h${host.value}"]
  content {}
}

cluster "huge" {
  hosts     = [for h in host : h] # ERROR HA077: 255 hosts need 255 different priorities, and VRRP has 254
  interface = "eth0"

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "large" {
  hosts     = slice([for h in host : h], 0, 65) # WARN HA078: The priorities of 65 hosts are 3 apart
  interface = "eth0"

  vip "one" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
  }
}

cluster "roomy" {
  hosts     = slice([for h in host : h], 0, 64)
  interface = "eth0"

  vip "one" {
    vrid      = 52
    addresses = ["10.0.0.52/24"]
  }
}
