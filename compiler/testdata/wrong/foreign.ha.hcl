# hactl cannot know what is configured on a neighbour.
host "lb01" {}
host "old" { # RELATED
  router = "keepalived"
}

cluster "web" {
  hosts = [
    host.lb01, # ERROR HA071: since a neighbour for which no plan is made has one
    host.old,  # ERROR HA072: member "old" { priority = … }
  ]
  interface = "eth0"
  checksum  = "rfc9568" # WARN HA093: v3_checksum_as_v2

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
