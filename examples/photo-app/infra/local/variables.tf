variable "environment" {
  description = "Which environment this state holds."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "The environment must be \"staging\" or \"production\"."
  }
}

variable "quota" {
  description = "What all pods of the environment may ask for and use together."
  type = object({
    pods            = optional(number, 20)
    requests_cpu    = optional(string, "1500m")
    requests_memory = optional(string, "3Gi")
    limits_cpu      = optional(string, "12")
    limits_memory   = optional(string, "8Gi")
  })
  default = {}
}

variable "data_claim" {
  description = "A volume for deploy/components/shared-data; null when photos live elsewhere. With a host_folder the volume is the folder in it that is named after the environment (it must exist on the node and be writable for user 10001), without one the cluster's default storage class makes it."
  type = object({
    size        = optional(string, "2Gi")
    host_folder = optional(string)
  })
  default = null
}
