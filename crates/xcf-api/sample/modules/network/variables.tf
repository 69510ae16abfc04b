variable "cidr" {
  type        = string
  description = "Address range of the network"
}

variable "zones" {
  type        = number
  description = "How many zones get a subnet"
  default     = 2
}
