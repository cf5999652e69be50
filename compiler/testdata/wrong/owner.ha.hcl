host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "both" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]

    member "lb01" {
      owner = true # RELATED
    }
    member "lb02" {
      owner = true # ERROR HA074: cannot both own
    }
  }

  vip "priority" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]

    member "lb01" {
      owner    = true # RELATED
      priority = 254  # ERROR HA073: An owner's priority is 255
    }
    member "lb02" { priority = 100 }
  }

  vip "priority-alone" {
    vrid      = 54
    addresses = ["10.0.0.54/24"]

    member "lb01" {
      owner    = true
      priority = 254 # ERROR HA073: An owner's priority is 255
    }
  }

  vip "never" {
    vrid      = 52
    addresses = ["10.0.0.52/24"]

    preemption {
      mode = "never" # ERROR HA075: cannot hold back as mode "never" wants
    }
    member "lb01" { owner = true }
  }

  vip "delayed" {
    vrid      = 53
    addresses = ["10.0.0.53/24"]

    preemption {
      mode  = "delayed" # ERROR HA075: cannot hold back
      delay = "10s"
    }
    member "lb02" { owner = true }
  }
}
