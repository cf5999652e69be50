locals {
  a = 1
}

locals {
  a = 2 # ERROR HA011: local.a is declared twice.
}

host "lb01" {
  interface "eth0" {}
  interface "eth0" {} # ERROR HA011: interface "eth0" is declared twice.
}
host "lb01" {} # ERROR HA011: host "lb01" is declared twice.

variable "x" { default = 1 }
variable "x" { default = 1 } # ERROR HA011: variable "x" is declared twice.

cluster "web" {
  hosts = [host.lb01]
  vip "a" {
    vrid      = 1
    addresses = ["10.0.0.1"]
  }
  vip "a" { # ERROR HA011: vip "a" is declared twice.
    vrid      = 2
    addresses = ["10.0.0.2"]
  }
  member "lb01" {}
  member "lb01" {} # ERROR HA011: member "lb01" is declared twice.
}
cluster "web" { # ERROR HA011: cluster "web" is declared twice.
  hosts = [host.lb01]
}

hactl {}
hactl {} # ERROR HA012: A configuration holds at most 1 block of type hactl.
