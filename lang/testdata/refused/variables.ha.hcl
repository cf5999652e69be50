variable "missing" {} # ERROR HA026: var.missing has neither a default nor a value. Give it one: --var missing=VALUE, a file named by --var-file, or HACTL_VAR_missing in the environment.

variable "a.b" {} # ERROR HA010: "a.b" can't be a variable's name

variable "typed" {
  type    = number
  default = "many" # ERROR HA027: var.typed must be of type number: a number is required.
}

variable "wrong" {
  type = integer # ERROR HA029: integer
}

variable "derived" {
  default = local.x # ERROR HA029: default of a variable is a constant.
}

variable "called" {
  default = upper("x") # ERROR HA022: Function calls not allowed
}

variable "port" {
  type    = number
  default = 70000 # ERROR HA028: var.port is refused: The port 70000 is above 65535.

  validation {
    condition     = var.port < 65536
    error_message = "The port ${var.port} is above 65535"
  }
}

variable "odd" {
  default = 1

  validation {
    condition     = var.odd # ERROR HA029: condition is neither true nor false.
    error_message = "x"
  }

  validation {
    condition     = local.x # ERROR HA029: A validation may use variables only.
    error_message = "x"
  }

  validation { # ERROR HA008: A validation block needs error_message.
    condition = false
  }

  validation {
    condition     = false
    error_message = 5 # ERROR HA029: error_message is no text.
  }

  dynamic "validation" { # ERROR HA023: A variable block can't hold dynamic blocks.
  }

  nullable = false # ERROR HA005: A variable block has no nullable.
}

locals {
  x = var.typed
  y = var.missing + 1
  z = var.wrong
}
