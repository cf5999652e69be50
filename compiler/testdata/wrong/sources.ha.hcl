host "lb01" { # RELATED
  interface "eth0" { addresses = ["10.0.0.5/24"] }
}
host "lb02" {}

cluster "web" {
  hosts           = [host.lb01, host.lb02]
  interface       = "eth0"
  multicast_group = "10.0.0.1" # ERROR HA088: 10.0.0.1 is no multicast address

  member "lb01" {
    source = "10.0.0.9" # ERROR HA086: Host "lb01" declares its addresses, and 10.0.0.9 is none of them
  }
  member "lb02" {
    source = "10.0.0.50" # ERROR HA087: an address of the vip itself
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]
  }
}

cluster "six" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "one" {
    vrid      = 51
    addresses = ["2001:db8::51/64"]

    member "lb02" {
      source = "2001:db8::6" # ERROR HA087: come from a link-local address
    }
  }
}

cluster "same" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "one" {
    vrid      = 52
    addresses = ["10.0.0.52/24"]

    member "lb02" { # ERROR HA087: both come from 10.0.0.5
      source = "10.0.0.5"
    }
  }
  vip "two" {
    vrid      = 53
    addresses = ["10.0.0.53/24"]

    member "lb02" {
      source = "224.0.0.18" # ERROR HA087: cannot be the sender
    }
  }
}
