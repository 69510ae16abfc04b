variable "record" {
  type        = string
  description = "Name of the record"
}

variable "target" {
  type        = string
  description = "Where it points to"
}

resource "terraform_data" "record" {
  input = {
    name   = "${var.record}.sample.internal"
    target = var.target
  }
}

output "fqdn" {
  value = "${var.record}.sample.internal"
}
