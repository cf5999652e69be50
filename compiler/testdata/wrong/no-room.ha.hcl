host "lb01" {}
host "lb02" {}

dynamic "check" {
  for_each = range(0, 126)
  labels   = ["c${check.value}"]

  content {
    process {
      name = "p${check.value}"
    }
  }
}

cluster "many" {
  hosts     = [host.lb01, host.lb02] # ERROR HA077: 2 hosts, of which each can lose 127 tracks with effect "demote", need 256 different priorities, and VRRP has 254.
  interface = "eth0"

  dynamic "track" {
    for_each = values(check)

    content {
      check = track.value
    }
  }
  track {
    interface = "eth9"
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "close" {
  hosts     = [host.lb01, host.lb02] # WARN HA078: The priorities of 2 hosts, of which each can lose 41 tracks with effect "demote", are 3 apart
  interface = "eth1"

  dynamic "track" {
    for_each = slice(values(check), 0, 41)

    content {
      check = track.value
    }
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "written" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth2"

  member "lb01" { priority = 150 } # RELATED
  member "lb02" { priority = 100 } # ERROR HA077: a failure costs 51, one more than lies between the priorities 100 and 150. With 2 failures host "lb02" would have 100 - 102 = -2, and 1 is the least.

  track {
    check = check.c1
  }
  track {
    check = check.c2
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}
