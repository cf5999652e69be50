host "lb01" {}
host "lb02" {
  interface "eth1" {}
}

locals {
  missing = host.lb03 # ERROR HA020: There is no host lb03. Did you mean host.lb01?
  spread  = local.missing
  plural  = hosts.lb01 # ERROR HA020: There is no name hosts. Did you mean host?
  typo    = local.mising # ERROR HA020: There is no local mising. Did you mean local.missing?
  unset   = var.region # ERROR HA020: There is no variable region. Declare it: variable "region" {}.
  naked   = local # ERROR HA020: local is not a value by itself. Write local.NAME.
  each    = each.value # ERROR HA020: There is no each.
  nothing = host.lb01.interface.eth0.address # ERROR HA022: host.lb01.interface has no eth0. It has none.
  e       = 1
  nope    = local.nopee1234 # ERROR HA020: There is no local nopee1234. Write it in a locals block.
  near    = [for h in host : h.interface.eht1] # ERROR HA022: h.interface has no eht1. It has none. && # ERROR HA022: h.interface has no eht1. Did you mean eth1?
  nme     = host.lb02.nme # ERROR HA022: host.lb02 has no nme. Did you mean name?
  card    = host.lb02.interface["eth9"] # ERROR HA022: host.lb02.interface has no eth9. Did you mean eth1?
  vip     = cluster.web.vip.d # ERROR HA022: cluster.web.vip has no d. It has a, b and c.
  uper    = uper("x") # ERROR HA022: There is no function uper. Did you mean upper?
  tried   = try(host.lb01.interface.eth0.address, "none")
}

cluster "web" {
  hosts     = ["lb01", host.lb02] # ERROR HA018: hosts takes a host itself, not its name. Write host.lb01 instead of "lb01".
  prefer    = [host.lb01, cluster.db, host.lb9] # ERROR HA020: There is no host lb9. Did you mean host.lb01?
  interface = host.lb01 # ERROR HA013: interface must be a text, not a host. Write its name: add .name to the reference.

  vip "a" {
    vrid      = local.missing
    addresses = [local.spread]
    prefer    = [cluster.db] # ERROR HA019: prefer takes a host, not a cluster. Write [host.lb02, host.lb01].
    interface = eth0 # ERROR HA020: There is no name eth0. An expression begins with
  }

  vip "b" {
    vrid      = 1
    addresses = ["10.0.0.1"]
    prefer    = host.lb01 # ERROR HA013: prefer is a list, not a host. Write it in brackets
  }

  vip "c" {
    vrid      = 1
    addresses = ["10.0.0.1"]
    prefer    = host # ERROR HA013: prefer is a list, and this is a map of all. Write values(host).
  }
}

cluster "db" {
  hosts = values(host)

  vip "a" {
    vrid      = 2
    addresses = ["10.0.0.2"]
    prefer    = [cluster.web.vip.a] # ERROR HA019: prefer takes a host, not a vip.
  }
}

cluster "empty" { # ERROR HA008: A cluster block needs hosts. Add hosts = [host.lb01, host.lb02].
}
