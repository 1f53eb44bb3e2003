output "environment" {
  description = "The environment that this state holds."
  value       = terraform_data.owner.output
}

output "namespace" {
  description = "Where the deploy goes."
  value       = kubectl_manifest.namespace.name
}

output "deployer" {
  description = "The service account that may deploy; `kubectl create token` makes a token for it that expires."
  value       = "${kubectl_manifest.deployer.namespace}/${kubectl_manifest.deployer.name}"
}

output "service_proxy_path" {
  description = "Where the API server passes requests on to the service, for whoever may use it."
  value       = "/api/v1/namespaces/${kubectl_manifest.namespace.name}/services/photo-app:http/proxy/"
}
