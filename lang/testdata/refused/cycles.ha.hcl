locals {
  a = local.b
  b = [local.c]
  c = "${local.a[0]}" # ERROR HA021: local.a needs itself: local.a → local.b → local.c → local.a.
  d = local.d # ERROR HA021: local.d needs itself: local.d → local.d.
  e = local.a
  f = length(host)
}

host "lb01" {
  ssh = host.lb02.name
}

host "lb02" {
  ssh = host.lb01.name # ERROR HA021: host.lb01 needs itself: host.lb01 → host.lb02 → host.lb01.
}

dynamic "cluster" {
  for_each = local.a
  labels   = [cluster.key]
  content {}
}

locals {
  names = [for h in host : h.name] # ERROR HA021: dynamic "host" → local.names → dynamic "host".
}

dynamic "host" {
  for_each = toset(local.names)
  labels   = [host.key]
  content {}
}
