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
