host "lb01" {
  interface "eth0" { addresses = ["10.0.0.5/24"] }
}
host "lb02" {
  interface "eth0" { addresses = ["10.0.0.6/24", "10.0.0.7/24"] }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  vip "only" {
    vrid      = 50
    addresses = ["10.0.0.5/24"]

    member "lb01" { owner = true } # ERROR HA095: nothing to send adverts from but 10.0.0.5
  }

  vip "written" {
    vrid      = 51
    addresses = ["10.0.0.7/24"]

    member "lb02" {
      owner  = true # ERROR HA095: nothing to send adverts from but 10.0.0.7
      source = "10.0.0.7"
    }
  }
}

# Two addresses, and both are vips': neither can be sent from.
host "lb03" {
  interface "eth0" { addresses = ["10.1.0.1/24", "10.1.0.2/24"] }
}
host "lb04" {
  interface "eth0" { addresses = ["10.1.0.9/24"] }
}

cluster "two" {
  hosts     = [host.lb03, host.lb04]
  interface = "eth0"

  vip "a" {
    vrid      = 60
    addresses = ["10.1.0.1/24"]

    member "lb03" { owner = true } # ERROR HA095: a vip's address
  }

  vip "b" {
    vrid      = 61
    addresses = ["10.1.0.2/24"]

    member "lb03" { owner = true } # ERROR HA095: a vip's address
  }
}
