check "http" {
  http {
    url  = "http://127.0.0.1:+80/" # ERROR HA015: url can't be "http://127.0.0.1:+80/"
    host = "www example com"       # ERROR HA015: it is no host, such as "www.example.com"
    headers = {
      Host     = "www.example.com" # ERROR HA015: headers can't have "Host": the host has an attribute of its own
      "X Team" = "network"         # ERROR HA015: headers can't have "X Team": it is no name of a header
      accept   = "text/plain"      # ERROR HA015: headers can't have "accept": another name differs in capital letters only
      Accept   = "text/html"
      X-Lines  = "a\nb"            # ERROR HA015: headers can't be the sensitive value: no header has a control character in it.
    }
  }
}

check "exec" {
  exec {
    command = ["/bin/x", "a\u0000b"] # ERROR HA031: none of them a NUL
    environment = {
      "A=B" = "c" # ERROR HA015: environment can't have "A=B": the name of a variable is letters, digits and "_", no digit first.
      "1A"  = "c" # ERROR HA015: environment can't have "1A"
      A1    = "c"
    }
  }
}

check "long" {
  file {
    path = "/${join("", [for i in range(0, 1000) : "xxxxx"])}" # ERROR HA031: A text of path has 5001 bytes, and at most 4096 are possible
  }
}

check "many" {
  exec {
    command     = ["/bin/x"]
    environment = { for i in range(0, 300) : "A${i}" => "x" } # ERROR HA014: environment has 300 elements, and at most 256 are possible.
  }
}
