# Weights that do what they say: a positive one that outweighs the gap, a large
# negative one as many people write it, several that only move together, and a
# neighbour with the higher priority.
host "lb01" {}
host "lb02" {}
host "old" {
  router = "keepalived"
}

dynamic "check" {
  for_each = ["a", "b", "c"]
  labels   = [check.value]

  content {
    process {
      name = check.value
    }
  }
}

cluster "positive" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  member "lb01" { priority = 100 }
  member "lb02" { priority = 90 }

  track {
    check  = check.a
    weight = 11
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "large" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth1"

  member "lb01" { priority = 100 }
  member "lb02" { priority = 90 }

  track {
    check  = check.a
    weight = -150
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "in-order" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth2"

  dynamic "track" {
    for_each = values(check)

    content {
      check  = track.value
      weight = -6
    }
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "mixed" {
  hosts     = [host.old, host.lb01, host.lb02]
  interface = "eth3"

  member "old" { priority = 120 }
  member "lb01" { priority = 110 }
  member "lb02" { priority = 100 }

  track {
    check  = check.a
    weight = -5
  }
  track {
    interface = "eth9"
    effect    = "fault"
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}
