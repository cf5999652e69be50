# Two hosts, one address. Clients use 10.0.0.100; lb01 has it while lb01 works,
# and lb02 takes it over when lb01 does not.
#
#   hactl validate examples/pair
#   hactl plan examples/pair
#
# `make demo` runs exactly this folder on two hosts made of network namespaces.

# The two machines. Their own addresses are facts about them: hactl never
# configures those, it uses them to find mistakes.
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

cluster "web" {
  hosts     = [host.lb01, host.lb02] # in order of preference
  interface = "eth0"

  vip "public" {
    vrid      = 50 # 1 to 255, used by nobody else on this network
    addresses = ["10.0.0.100/24"]
  }
}
