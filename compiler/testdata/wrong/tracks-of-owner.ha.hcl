host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24", "10.0.0.50/24"]
  }
}
host "lb02" {}

check "nginx" {
  process {
    name = "nginx"
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  track {
    check = check.nginx # RELATED
  }

  vip "one" {
    vrid      = 50
    addresses = ["10.0.0.50/24"]

    member "lb01" {
      owner = true # WARN HA104: The addresses of vip "web/one" are host "lb01"'s own, so it keeps them and answers for them whatever fails there
    }
  }
}
