variable "network_id" {
  type        = string
  description = "Network the cluster lives in"
}

variable "node_count" {
  type        = number
  description = "Number of nodes"
  default     = 1
}

resource "terraform_data" "control_plane" {
  input = {
    network = var.network_id
    version = "1.34"
  }
}

resource "terraform_data" "node" {
  count = var.node_count
  input = {
    cluster = terraform_data.control_plane.id
    name    = "node-${count.index}"
  }
}

output "endpoint" {
  value = "https://${terraform_data.control_plane.id}.cluster.sample.internal"
}
