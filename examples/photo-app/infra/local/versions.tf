terraform {
  required_version = ">= 1.5"

  # The path comes from outside: `terraform init -backend-config=path=/where/states/live/staging.tfstate`.
  # Each environment has a state of its own; main.tf refuses to plan one environment with the other's state.
  backend "local" {}

  # A repository of yours keeps `.terraform.lock.hcl`, so that every run gets this very provider. It is left
  # out here because the local demonstration builds the provider from source, where it has another checksum.
  required_providers {
    kubectl = {
      source  = "alekc/kubectl"
      version = "~> 2.1"
    }
  }
}

# Finds the cluster by KUBECONFIG (or KUBE_CONFIG_PATH), as kubectl does.
provider "kubectl" {
  apply_retry_count = 3
}
