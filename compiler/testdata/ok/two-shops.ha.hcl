# Two shops with the same subnet, VRID and address. Their segments say that the
# two never meet.
locals {
  shops = ["north", "south"]
}

dynamic "host" {
  for_each = [for pair in setproduct(local.shops, [5, 6]) : { shop = pair[0], number = pair[1] }]
  iterator = each
  labels   = ["${each.value.shop}-${each.value.number}"]

  content {
    interface "eth0" {
      addresses = ["192.168.1.${each.value.number}/24"]
      segment   = each.value.shop
    }
  }
}

cluster "north" {
  hosts     = [host["north-5"], host["north-6"]]
  interface = "eth0"

  vip "till" {
    vrid      = 1
    addresses = ["192.168.1.1/24"]
  }
}

cluster "south" {
  hosts     = [host["south-5"], host["south-6"]]
  interface = "eth0"

  vip "till" {
    vrid      = 1
    addresses = ["192.168.1.1/24"]
  }
}
