host "lb01" {}
host "lb02" {}
host "lb03" {}

check "nginx" {
  process {
    name = "nginx"
  }
}
check "disk" {
  file {
    path = "/srv/ready"
  }
}

# The commonest mistake: a weight smaller than the gap.
cluster "gap" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  member "lb01" { priority = 100 }
  member "lb02" { priority = 90 }

  track {
    check  = check.nginx
    weight = 2 # WARN HA106: When check "nginx" fails on host "lb01", its priority falls from 102 to 100, which is not below the 92 of host "lb02"
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
  vip "two" {
    vrid      = 51
    addresses = ["10.0.0.51/24"]
  }
}

# A tie moves nothing either.
cluster "tie" {
  hosts     = [host.lb01, host.lb02, host.lb03]
  interface = "eth1"

  track {
    check  = check.nginx
    weight = -10 # WARN HA106: its priority falls from 254 to 244, which equals the priority of host "lb02"
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

# Priorities from order begin at 254.
cluster "top" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth2"

  track {
    check  = check.nginx
    weight = 20 # WARN HA108: hosts "lb01" and "lb02" of vip "top/one" have 274 and 264, and both count as 254
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "bottom" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth3"

  member "lb01" { priority = 100 }
  member "lb02" { priority = 90 }

  track {
    check  = check.nginx
    weight = -150 # WARN HA108: Failures can take 300 points together from host "lb01", which has 100, and 150 from host "lb02", which has 90. Both then count as 1
  }
  track {
    check  = check.disk
    weight = -150
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

# A failure that demotes costs 20 here, and the order 10.
cluster "both" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth4"

  track {
    check = check.nginx
  }
  track {
    check  = check.disk
    weight = -15 # WARN HA107: Weights can take 15 points from host "lb02", which leaves it 229, and a failure of a track with effect "demote" costs 20, which leaves host "lb01" 234
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}
