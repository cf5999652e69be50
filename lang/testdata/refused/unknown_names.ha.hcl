hosts "lb01" {} # ERROR HA004: A configuration has no hosts. Did you mean host?

host "lb02" {
  shh = "x" # ERROR HA005: A host block has no shh. Did you mean ssh?
  vrid = 5 # ERROR HA005: A host block has no vrid. It belongs in a vip block.
  banana = 5 # ERROR HA005: It has ssh, labels, router and interface.
}

host "lb01" {}

clutser "x" {} # ERROR HA004: Did you mean cluster?

cluster "web" {
  hosts = [host.lb01]
  vip {} # ERROR HA009: A vip block needs one label: the vip's name. Write vip "NAME" { … }.
  vip "a" "b" {} # ERROR HA009: A vip block has one label only: the vip's name. Take this one out.
  auth "x" { # ERROR HA009: An auth block has no label. Take it out.
  }
  member "lb01" {
    owner = true # ERROR HA005: A member block has no owner. It belongs in a member block of a vip block.
  }
  preemption {
    mode = "delaid" # ERROR HA015: mode can't be "delaid". Did you mean "delayed"?
  }
  vip "d" {
    vrd       = 3 # ERROR HA005: A vip block has no vrd. Did you mean vrid?
    addresses = ["10.0.0.3"]
    auth {
      type = "pass"
      key "0" { # ERROR HA010: "0" can't be the key's number: it is a number from 1 to 255.
        secret = "x"
      }
      key "1" {
        secret = "x"
      }
    }
  }
  vip "e" {
    vrid      = 4
    addresses = ["10.0.0.4"]
    auth {
      type   = "pass"
      secert = "x" # ERROR HA005: An auth block has no secert. Did you mean secret?
    }
  }
  addresses {} # ERROR HA004: A cluster block has no addresses. 
  member = "lb01" # ERROR HA032: member is a block, not an attribute.
  vip "c" {
    vrid = 1
    addresses { # ERROR HA032: addresses is an attribute, not a block. Write addresses = ["10.0.0.100/24"].
    }
    addresses = ["10.0.0.1"]
  }
}

locals "x" { # ERROR HA009: A locals block has no label.
  a {} # ERROR HA032: A locals block holds no blocks. Write a = { … }.
}

hactl "x" { # ERROR HA009: A hactl block has no label. Take it out.
  store = "http://x" # ERROR HA015: store can't be "http://x": a store is a path, or "ssh:"
}

banana = 1 # ERROR HA005: A configuration has no banana.
host = 1 # ERROR HA032: host is a block, not an attribute.
