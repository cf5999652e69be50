host "lb01" {}

cluster "web" {
  hosts     = [host.lb01] # WARN HA056: nothing takes over when it fails
  interface = "eth0"

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
