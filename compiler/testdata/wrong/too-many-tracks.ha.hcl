host "lb01" {}
host "lb02" {}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  dynamic "track" { # ERROR HA031: A vip or cluster has at most 256 track blocks.
    for_each = range(0, 257)

    content {
      interface = "v${track.value}"
      effect    = "fault"
    }
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}
