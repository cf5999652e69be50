host "lb01" {}
host "lb02" {}

cluster "web" { # WARN HA058: Cluster "web" has no vip
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
}

cluster "twice" { # WARN HA058: Add a vip block
  hosts     = [host.lb01, host.lb01] # ERROR HA052: Name each host once # RELATED
  interface = "eth0"
}

cluster "broken" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip {} # ERROR HA009: needs one label
}
