# Names that lead nowhere, with what was probably meant.
host "lb01" {}
host "lb02" {
  interface "ens33" {}
  interface "ens34" {}
}
host "spare" {}
host "lb04" {}

cluster "web" {
  hosts = [
    host.lb01, # RELATED
    host.lb02,
    host.lb01, # ERROR HA052: "lb01" is already in hosts
  ]
  interface = "ens33"
  prefer    = [host.lb02, host.spare] # ERROR HA051: Host "spare" is not in hosts of cluster "web"

  member "lb03" {} # ERROR HA050: Did you mean "lb01"?
  member "lb04" {} # ERROR HA051: Host "lb04" is not in hosts. Add it to hosts
  member "spare" {} # ERROR HA051: Add it to hosts of cluster "web"

  vip "public" {
    vrid      = 50
    addresses = ["10.0.0.100/24"]
  }

  vip "static" {
    vrid      = 51
    addresses = ["10.0.0.101/24"]
    interface = "ens35" # ERROR HA053: Did you mean "ens33"?
    prefer    = [host.lb02, host.lb02] # ERROR HA052: already in prefer

    member "database" {} # ERROR HA050: There is no host "database". A member block
  }
}
