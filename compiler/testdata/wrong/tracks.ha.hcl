host "lb01" {
  interface "eth0" {}
  interface "eth1" {}
}

host "lb02" {
  interface "eth0" {}
  interface "ens33" {}
}

check "nginx" {
  process {
    name = "nginx"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  track {
    check = check.nginx # RELATED
  }
  track {
    check  = check.nginx # ERROR HA100: Another track block beside this one has check "nginx" too.
    effect = "fault"
  }
  track {
    interface = "eth0" # ERROR HA103: Adverts and addresses use interface "eth0", which is tracked anyway
    effect    = "fault"
  }
  track {
    interface = "eth1" # WARN HA111: "eth1" is not among the declared interfaces of "lb02". Did you mean "eth0"?
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]

    # A vip's track takes the place of the cluster's.
    track {
      check  = check.nginx
      effect = "fault" # RELATED
      weight = -20     # ERROR HA101: A failure of check "nginx" either has effect "fault" or changes the priority by a weight.
    }
    track {
      interface = "ens33" # RELATED # WARN HA111: "ens33" is not among the declared interfaces of "lb01".
    }
    track {
      interface = "ens33" # ERROR HA100: Another track block beside this one has interface "ens33" too.
    }
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]

    track {
      check  = check.nginx
      weight = 0 # ERROR HA102: Write effect = "fault" for that.
    }
  }
}

cluster "orders" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  track {
    interface = "bond0" # WARN HA111: "bond0" is not among the declared interfaces of "lb01" and "lb02".
  }

  vip "one" {
    vrid      = 60
    addresses = ["10.0.0.60/24"]
  }
  vip "two" {
    vrid      = 61
    addresses = ["10.0.0.61/24"]
    prefer    = [host.lb02]
  }
}

cluster "single" {
  hosts     = [host.lb01] # WARN HA056: nothing takes over
  interface = "eth1"

  track {
    check = check.nginx # WARN HA105: when check "nginx" fails there, nobody can take over, and nothing follows from it.
  }
  track {
    interface = "eth0" # WARN HA105: nobody can take over, and the addresses are then on no host at all.
    effect    = "fault"
  }

  vip "one" {
    vrid      = 52
    addresses = ["10.1.0.52/24"]
  }
}
