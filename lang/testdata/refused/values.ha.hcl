host "lb01" {
  router = "keepalive" # ERROR HA015: router can't be "keepalive". Did you mean "keepalived"?
  ssh    = "" # ERROR HA015: it is empty
  labels = "x" # ERROR HA013: labels is a map of texts, not a text.

  interface "eth0" {
    addresses = ["10.0.0.5/24", "10.0.0.256/24"] # ERROR HA017: "10.0.0.256/24" is no IP address.
    segment   = "a b" # ERROR HA015: segment can't be "a b"
  }

  interface "a-very-long-name-indeed" {} # ERROR HA010: an interface name has 1 to 15 bytes

  interface "eth1" {
    addresses = "10.0.0.5/24" # ERROR HA013: addresses is a list, not a text. Write it in brackets
  }

  interface "eth2" {
    addresses = ["0.0.0.0", "224.0.0.18", "::ffff:1.2.3.4", "fe80::1%eth0", "10.0.0.1/33", "010.0.0.1", 7, null] # ERROR HA017: "0.0.0.0" is no address that a host can have. && # ERROR HA017: "224.0.0.18" is no && # ERROR HA017: "::ffff:1.2.3.4" is && # ERROR HA017: "fe80::1%eth0" is && # ERROR HA017: "10.0.0.1/33" is && # ERROR HA017: "010.0.0.1" is && # ERROR HA017: is a text, not a number && # ERROR HA013: An element of addresses is null
  }
}

host "lb/02" {} # ERROR HA010: "lb/02" can't be the host's name

cluster "web" {
  hosts           = [] # ERROR HA014: hosts needs at least 1 element.
  interface       = "eth 0" # ERROR HA015: white space
  version         = 4 # ERROR HA014: version can't be 4. Write 2 or 3.
  advert_interval = 1 # ERROR HA016: advert_interval is a text with a unit, not a number. Write "1s" for seconds.
  transport       = "broadcast" # ERROR HA015: Write "multicast" or "unicast".
  multicast_group = "224.0.0.18/32" # ERROR HA017: multicast_group can't be "224.0.0.18/32"
  checksum        = null

  preemption {
    mode  = "delayed"
    delay = "ten seconds" # ERROR HA016: Write a number with one of the units
  }

  auth {
    type        = "pass"
    secret      = "1111"
    secret_file = "/etc/x" # ERROR HA030: Only one of secret, secret_file and key
  }

  auth { # ERROR HA012: A cluster block holds at most 1 block of type auth.
    type        = "pass"
    secret_file = "etc/x" # ERROR HA015: an absolute path
  }

  member "lb01" {
    priority  = 255 # ERROR HA014: priority can't be 255. Write a number from 1 to 254.
    owner     = true # ERROR HA005: It belongs in
    interface = 5 # ERROR HA013: interface must be a text, not a number. Write it in quotes.
  }

  vip "a" { # ERROR HA008: A vip block needs vrid. Add vrid = 50. && # ERROR HA008: A vip block needs one of addresses and address.
    advert_interval = "5ms" # ERROR HA014: Write a duration from 10ms to 4m15s.

    preemption {
      delay = "48h" # ERROR HA014: Write a duration from 1ms to 24h.
    }

    auth { # ERROR HA008: An auth block needs type. && # ERROR HA008: An auth block needs one of secret, secret_file and key.
    }

    member "lb01" {
      owner = "yes" # ERROR HA013: owner must be true or false, not "yes".
    }
  }

  vip "b" {
    vrid      = 0 # ERROR HA014: vrid can't be 0. Write a number from 1 to 255.
    addresses = []  # ERROR HA014: addresses needs at least 1 element.
  }

  vip "c" {
    vrid      = 1.5 # ERROR HA013: vrid must be a whole number, not 1.5.
    addresses = [["10.0.0.1"]] # ERROR HA017: An address in addresses is a text, not a list.
    version   = 2.5 # ERROR HA013: version must be a whole number
  }

  vip "d" {
    vrid            = "fifty" # ERROR HA013: vrid must be a whole number, not "fifty".
    addresses       = ["10.0.0.1"]
    advert_interval = "-1s" # ERROR HA016: "-1s"
  }

  vip "e" {
    vrid      = 99999999999999999999999 # ERROR HA014: vrid can't be
    addresses = ["10.0.0.1"]
  }
}
