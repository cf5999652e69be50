host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
  }
}
host "lb02" {
  interface "ens33" {
    addresses = ["10.0.0.6/24"]
  }
}
host "lb03" {}

check "some" {
  interval = "1s"
  timeuot  = "1s" # ERROR HA005: A check block has no timeuot. Did you mean timeout?

  http {
    url = "http://${self.interface["eth0"].address}/" # ERROR HA022: For host "lb02": self.interface has no eth0. It has ens33.
  }
}
check "all" {
  http {
    url    = "http://${self.interface["eth9"].address}/" # ERROR HA022: For host "lb01": self.interface has no eth9. # ERROR HA022: For host "lb02": self.interface has no eth9.
    status = [self.name, 42] # ERROR HA015: status can't be "42" # ERROR HA015: For host "lb01": status can't be "lb01" # ERROR HA015: For host "lb02": status can't be "lb02"
  }
}
check "unused" { # WARN HA115: No vip tracks check "unused"
  http {
    url = "http://${self.interface["eth0"].address}/"
  }
}

cluster "web" {
  hosts = [host.lb01, host.lb02]

  member "lb01" { interface = "eth0" }
  member "lb02" { interface = "ens33" }

  track { check = check.some }
  track { check = check.all }

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
