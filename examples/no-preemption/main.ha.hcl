# The address stays where it is while its host works, whoever is preferred: a
# host that returns takes nothing back. A failed check still moves it, at once
# and without a gap: the host that has it gives way by itself.

host "lb01" {
  interface "eth0" {
    addresses = ["10.0.0.5/24"]
  }
}

host "lb02" {
  interface "eth0" {
    addresses = ["10.0.0.6/24"]
  }
}

check "postgres" {
  tcp {
    address = "127.0.0.1:5432"
  }
  interval = "1s"
  timeout  = "500ms"
}

cluster "db" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"

  preemption {
    mode = "never"
  }

  track {
    check = check.postgres
  }

  vip "primary" {
    vrid      = 60
    addresses = ["10.0.0.60/24"]
  }
}
