host "lb01" {}

host "lb02" {
  color = "red" # ERROR HA005: A host block has no color.
}

cluster "web" {
  hosts = [host.lb01, host.lb03
  interface = "eth0" # ERROR HA001: Missing item separator
}

host "lb04" {
  unseen = 1
}
