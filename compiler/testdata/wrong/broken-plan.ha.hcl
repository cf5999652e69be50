# What only the plan's own rules say.
host "lb01" {}
host "lb02" {}

notify "chat" { # ERROR HA096: The agent of host "lb01" would refuse its plan: notify chat: webhook bearer_file: # ERROR HA096: host "lb02"
  webhook {
    url         = "https://chat.example.com/"
    bearer_file = "/etc/hactl/chat.token"
    headers     = { Authorization = "Basic eDp5" }
  }
}

cluster "web" {
  hosts     = [host.lb01, host.lb02]
  interface = "eth0"
  notify    = [notify.chat]

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }
}
