host "lb01" {}

locals {
  racks = { lb11 = "a", lb12 = "b" }
}

dynamic "host" {
  for_each = local.racks
  labels   = [host.key]
  content {
    ssh = host.lb01.name # ERROR HA024: Inside dynamic "host" the name host means its iterator
  }
}

dynamic "host" {
  for_each = 5 # ERROR HA023: for_each is no list
  labels   = [host.key]
  content {}
}

dynamic "host" { # ERROR HA023: A dynamic block that makes host blocks needs labels.
  for_each = local.racks
  content {}
}

dynamic "host" { # ERROR HA023: needs a content block. && # ERROR HA023: needs for_each
  labels = ["x"]
}

dynamic "variable" { # ERROR HA023: A variable block can't be made by a dynamic block.
}

dynamic "hots" { # ERROR HA004: A configuration has no hots. Did you mean host?
}

dynamic { # ERROR HA023: A dynamic block has one label
}

dynamic "host" {
  for_each = ["lb01"]
  labels   = [host.value] # ERROR HA011: host "lb01" is declared twice.
  content {}
}

cluster "web" {
  hosts = [host.lb01]

  dynamic "vip" {
    for_each = ["a", "b c"]
    iterator = v
    labels   = [v.value] # ERROR HA010: "b c" can't be the vip's name
    content {
      vrid      = v.index # ERROR HA020: v is the iterator of a dynamic block, which has key and value only. Write v.value.index.
      addresses = ["10.0.0.1"]
      adresses  = [] # ERROR HA005: A vip block has no adresses. Did you mean addresses?
    }
  }

  dynamic "auth" { # ERROR HA023: An auth block has no label. Take labels out.
    for_each = [1]
    labels   = ["x"]
    content {}
  }

  dynamic "vip" {
    for_each = [1]
    iterator = "v v" # ERROR HA023: iterator is a name without quotes.
    labels   = [vip.key] 
    content {}
    vrid = 5 # ERROR HA005: A dynamic block has no vrid.
  }

  dynamic "vip" {
    for_each = [1]
    labels   = vip.key # ERROR HA023: labels is no list of one text.
    content {}
  }
}
