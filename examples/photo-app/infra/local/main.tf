locals {
  namespace = "photo-app-${var.environment}"
  labels = {
    "app.kubernetes.io/part-of"    = "photo-app"
    "app.kubernetes.io/instance"   = var.environment
    "app.kubernetes.io/managed-by" = "terraform"
  }
}

# The state remembers whose it is. Without this, planning production with the state of staging
# would offer to delete staging.
resource "terraform_data" "owner" {
  input = var.environment

  lifecycle {
    ignore_changes = [input]
    postcondition {
      condition     = self.output == var.environment
      error_message = "This state belongs to ${self.output}, not to ${var.environment}. Give each environment a state of its own: -backend-config=path=…/${var.environment}.tfstate"
    }
  }
}

resource "kubectl_manifest" "namespace" {
  depends_on = [terraform_data.owner]

  server_side_apply = true
  # A destroy ends when the namespace is gone, so that one can be made again right after.
  wait = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "Namespace"
    metadata = {
      name = local.namespace
      labels = merge(local.labels, {
        # Pods that are not locked down are refused, whoever sends them.
        "pod-security.kubernetes.io/enforce" = "restricted"
        "pod-security.kubernetes.io/warn"    = "restricted"
      })
    }
  })
}

resource "kubectl_manifest" "quota" {
  depends_on = [kubectl_manifest.namespace]

  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "ResourceQuota"
    metadata   = { name = "environment", namespace = local.namespace, labels = local.labels }
    spec = {
      hard = {
        "pods"                   = tostring(var.quota.pods)
        "requests.cpu"           = var.quota.requests_cpu
        "requests.memory"        = var.quota.requests_memory
        "limits.cpu"             = var.quota.limits_cpu
        "limits.memory"          = var.quota.limits_memory
        "services.loadbalancers" = "1"
      }
    }
  })
}

# A container that asks for nothing gets these; with a quota in force it would be refused otherwise.
resource "kubectl_manifest" "limits" {
  depends_on = [kubectl_manifest.namespace]

  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "LimitRange"
    metadata   = { name = "containers", namespace = local.namespace, labels = local.labels }
    spec = {
      limits = [{
        type           = "Container"
        defaultRequest = { cpu = "50m", memory = "64Mi" }
        default        = { cpu = "500m", memory = "256Mi" }
        max            = { cpu = "2", memory = "1Gi" }
      }]
    }
  })
}
