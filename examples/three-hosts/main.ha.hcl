# Three gateways of an office. gw01 and gw02 run hactl. The third is an older
# machine that still runs keepalived, with version 2 of the protocol, and takes
# over only when both others are gone.

host "gw01" {
  ssh = "ops@gw01.example.net" # where `hactl apply` finds it; without this line: gw01

  interface "lan0" {
    addresses = ["10.20.0.2/16"]
  }
}

host "gw02" {
  ssh = "ops@gw02.example.net"

  interface "lan0" {
    addresses = ["10.20.0.3/16"]
  }
}

# No plan is made for this one; it is a neighbour that the others must know of.
host "gw-old" {
  router = "keepalived"

  interface "lan0" {
    addresses = ["10.20.0.4/16"]
  }
}

cluster "gateway" {
  hosts     = [host.gw01, host.gw02, host.gw-old]
  interface = "lan0"

  version         = 2 # keepalived's default, and what gw-old speaks
  advert_interval = "1s"

  # Priorities follow from the order of hosts. They are written here only since
  # keepalived's own file has one, and hactl cannot know it otherwise.
  member "gw01" { priority = 200 }
  member "gw02" { priority = 150 }
  member "gw-old" { priority = 100 }

  # The list, and its order, is that of virtual_ipaddress on gw-old: older
  # versions of keepalived drop adverts that differ from it.
  vip "default-route" {
    vrid      = 1
    addresses = ["10.20.0.1/16"]
  }
}
