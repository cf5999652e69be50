host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  preemption {
    mode = "delayed" # ERROR HA084: Write delay = "10s"
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]

    preemption {
      delay = "10s" # ERROR HA083: Mode "always" has no use for a delay
    }
  }
  vip "three" {
    vrid      = 52
    addresses = ["10.0.0.52/24"]

    preemption {
      mode  = "never" # RELATED
      delay = "10s"   # ERROR HA083: Mode "never"
    }
  }
}
