# The highest priority wins, whatever prefer says.
host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  member "lb01" {
    priority = 200 # RELATED
  }
  member "lb02" {
    priority = 100
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
    prefer    = [host.lb02, host.lb01] # ERROR HA076: Host "lb02" is preferred to "lb01" here, but its priority of 100 is lower than 200
  }
}

cluster "owned" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth1"

  vip "one" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
    prefer    = [host.lb02] # ERROR HA076: lower than 255

    member "lb01" { owner = true }
  }
}
