virtual_server "web" { # ERROR HA007: virtual_server is not supported yet by this version. Take it out; until then
  port = 80
}
