# A sensitive value is refused where plans, reports and logs would show it.
variable "token" {
  default   = "hunter2"
  sensitive = true
}

host "lb01" {
  ssh    = var.token # ERROR HA036: Ssh would be shown in plans, reports and logs, and this value is sensitive.
  labels = { token = var.token }
}

check "web" {
  http {
    url     = "http://127.0.0.1/?token=${var.token}" # ERROR HA036: Url would be shown
    headers = { Authorization = "Bearer ${host.lb01.labels.token}" }
  }
}

check "program" {
  exec {
    command     = ["/bin/x", var.token] # ERROR HA036: Command would be shown
    environment = { TOKEN = var.token }
  }
}

notify "chat" {
  webhook {
    url = "https://chat.example.com/${var.token}"
  }
}

dynamic "host" {
  for_each = [var.token]
  labels   = [host.value] # ERROR HA036: A label is a name
  content {}
}

# What is sensitive as a whole is so in each of its parts.
variable "ports" {
  default   = { one = "hunter2", two = "hunter3" }
  sensitive = true
}
variable "names" {
  default   = ["hunter2"]
  sensitive = true
}

host "lb02" {
  labels = var.ports
}

host "lb03" {
  ssh = host.lb02.labels.one # ERROR HA036: Ssh would be shown
}

dynamic "host" {
  for_each = var.names
  labels   = [host.value] # ERROR HA036: A label is a name
  content {}
}

dynamic "host" {
  for_each = var.ports
  labels   = [host.key] # ERROR HA036: A label is a name
  content {}
}

dynamic "host" {
  for_each = ["lb04"]
  labels   = var.names # ERROR HA036: A label is a name
  content {}
}

dynamic "host" {
  for_each = var.names
  labels   = ["lb${host.key + 5}"]
  content {
    ssh = host.value # ERROR HA036: Ssh would be shown
  }
}
