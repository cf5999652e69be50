# The preferred host takes the address back, but only ten seconds after it has
# returned, so that a host that crashes again and again moves nothing. If the
# other one dies meanwhile, nobody waits.

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

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  preemption {
    mode  = "delayed"
    delay = "10s"
  }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
