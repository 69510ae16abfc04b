terraform {
  required_version = ">= 1.4"
}

resource "terraform_data" "network" {
  input = {
    cidr = var.cidr
  }
}

resource "terraform_data" "subnet" {
  count = var.zones
  input = {
    network = terraform_data.network.id
    cidr    = cidrsubnet(var.cidr, 8, count.index)
  }
}
