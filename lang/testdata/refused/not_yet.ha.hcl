host "lb01" {}

check "nginx" {} # ERROR HA007: check is not supported yet by this version. Take it out; until then

notify "ops" {} # ERROR HA007: notify is not supported yet

cluster "web" {
  hosts    = [host.lb01]
  failover = "together" # ERROR HA007: until then every vip fails over on its own.
  notify   = [notify.ops] # ERROR HA007: notify is not supported yet

  announce {} # ERROR HA007: announce
  track { # ERROR HA007: until then only the vip's own interface is watched.
    check = check.nginx
  }

  auth {
    type   = "hmac-sha256" # ERROR HA007: type = "hmac-sha256" is not supported yet by this version. Write "pass".
    active = 2 # ERROR HA007: active
    secret = "x"

    key "1" {} # ERROR HA007: key
  }

  vip "a" {
    vrid      = 1
    addresses = ["10.0.0.1"]
    address "10.0.0.2" {} # ERROR HA007: until then list the address in `addresses`.
    interface = check.nginx.name # ERROR HA007: check is not supported yet
  }
}
