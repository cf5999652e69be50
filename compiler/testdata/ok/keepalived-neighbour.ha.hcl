host "lb01" {}
host "old" { router = "keepalived" }
host "cisco" { router = "other" }

cluster "web" {
  hosts     = [host.lb01, host.old, host.cisco]
  interface = "eth0"

  member "lb01" { priority = 150 }
  member "old" { priority = 101 }
  member "cisco" { priority = 100 }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
