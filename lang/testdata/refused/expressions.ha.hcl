locals {
  nan     = (1 / 0) - (1 / 0) # ERROR HA022: 
  nofunc  = upperr("x") # ERROR HA022: upperr
  args    = upper() # ERROR HA022: Not enough function arguments
  file    = file("secret.txt") # ERROR HA022: there is no file "secret.txt" in the configuration's folder
  outside = file("../secret.txt") # ERROR HA022: leaves the configuration's folder
  abs     = file("/etc/passwd") # ERROR HA022: leaves the configuration's folder
  wide    = format("%99999999d", 1) # ERROR HA022: a width or precision above 999 is too large
  indent  = indent(99999999, "x\ny") # ERROR HA022: more than 999 spaces
  product = setproduct(range(1024), range(1024), range(2)) # ERROR HA022: 2097152 elements are too many
  digits  = tostring(pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300) * pow(10, 300)) # ERROR HA022: the number has too many digits
  power   = tonumber("1e99999") # ERROR HA022: the number has too many digits
  parsed  = jsondecode("[1e99999]") # ERROR HA022: a number in it has too many digits
  deep    = jsondecode("${join("", [for i in range(500) : "["])}") # ERROR HA022: it is nested more than 250 deep
  laugh   = yamldecode("a: &a [1]\nb: *a\n") # ERROR HA022: aliases
  mask    = cidrnetmask("2001:db8::/64") # ERROR HA022: 2001:db8::/64 is no IPv4 network
  host    = cidrhost("10.0.0.0/30", 4) # ERROR HA022: 10.0.0.0/30 has only 4 addresses
  subnet  = cidrsubnet("10.0.0.0/30", 3, 0) # ERROR HA022: leaves 2 bits, not 3
  room    = cidrsubnets("10.0.0.0/30", 1, 1, 2) # ERROR HA022: has no room for them all
  network = cidrhost("10.0.0.0", 1) # ERROR HA022: is no network such as 10.0.0.0/24
  later   = local.nan + 1
  tenk    = join("", [for i in range(1000) : "0123456789"])
  hundred = [for i in range(100) : local.tenk]
  large   = [for i in range(5) : local.hundred] # ERROR HA031: local.large holds more than
  joined  = join("", [for i in range(1000) : local.tenk]) # ERROR HA022: the text would have more than
  nothing = log(0, 0) # ERROR HA022: Call to function "log" failed: it has no result for these arguments.
  counted = length({ a = 1, b = 2 }) + length({ for h in host : h.name => h }) + length("text")
  number  = length(5) # ERROR HA022: collection must be a list, a map or a tuple
  empty   = length(cluster) + length(keys(cluster)) + length(cluster.nobody.vip) # ERROR HA020: There is no cluster nobody. Declare it
  bare    = length(keys(cluster))
}
