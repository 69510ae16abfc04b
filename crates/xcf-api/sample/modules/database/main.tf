variable "engine_version" {
  type        = string
  description = "PostgreSQL major version"
}

variable "storage_gb" {
  type        = number
  description = "Storage in GiB"

  validation {
    condition     = var.storage_gb >= 10
    error_message = "The smallest database has 10 GiB."
  }
}

variable "public" {
  type        = bool
  description = "Reachable from the internet"
  default     = false
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets the database lives in"
}

variable "admin_password" {
  type        = string
  description = "Password of the admin user"
  default     = "sample-only-not-a-secret"
  sensitive   = true
}

resource "terraform_data" "database" {
  input = {
    engine  = "postgres"
    version = var.engine_version
    storage = var.storage_gb
    public  = var.public
    subnets = var.subnet_ids
  }

  # Another major version is another database.
  triggers_replace = [var.engine_version]
}

output "endpoint" {
  value = "${terraform_data.database.id}.db.sample.internal"
}

output "connection" {
  value     = "postgres://admin:${var.admin_password}@${terraform_data.database.id}.db.sample.internal/orders"
  sensitive = true
}
