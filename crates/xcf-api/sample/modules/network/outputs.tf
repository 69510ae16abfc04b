output "network_id" {
  value = terraform_data.network.id
}

output "subnet_ids" {
  value = terraform_data.subnet[*].id
}
