# Who deploys: allowed what deploy/ contains, in this namespace only. No secrets, no exec, no roles.
locals {
  deployer = "photo-app-deployer"
  manage   = ["get", "list", "watch", "create", "update", "patch", "delete"]
  look     = ["get", "list", "watch"]

  deployer_rules = [
    { apiGroups = ["apps"], resources = ["deployments"], verbs = local.manage },
    { apiGroups = [""], resources = ["services", "configmaps", "serviceaccounts"], verbs = local.manage },
    { apiGroups = ["autoscaling"], resources = ["horizontalpodautoscalers"], verbs = local.manage },
    { apiGroups = ["policy"], resources = ["poddisruptionbudgets"], verbs = local.manage },
    { apiGroups = ["networking.k8s.io"], resources = ["networkpolicies"], verbs = local.manage },
    # Two deployments at once are kept apart by a lease; the record of releases is a ConfigMap.
    { apiGroups = ["coordination.k8s.io"], resources = ["leases"], verbs = ["get", "create", "update"] },
    # To see how a rollout goes, and why it does not.
    { apiGroups = ["apps"], resources = ["replicasets"], verbs = local.look },
    { apiGroups = [""], resources = ["pods", "events", "endpoints"], verbs = local.look },
    { apiGroups = ["events.k8s.io"], resources = ["events"], verbs = local.look },
    { apiGroups = ["discovery.k8s.io"], resources = ["endpointslices"], verbs = local.look },
    { apiGroups = [""], resources = ["pods/log"], verbs = ["get"] },
    { apiGroups = [""], resources = ["resourcequotas", "limitranges"], verbs = ["get", "list"] },
    { apiGroups = [""], resources = ["namespaces"], verbs = ["get"], resourceNames = [local.namespace] },
    # The smoke test goes through the API server: get is GET, create is POST.
    { apiGroups = [""], resources = ["services/proxy"], verbs = ["get", "create"] },
  ]
}

resource "kubectl_manifest" "deployer" {
  depends_on = [kubectl_manifest.namespace]

  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion                   = "v1"
    kind                         = "ServiceAccount"
    metadata                     = { name = local.deployer, namespace = local.namespace, labels = local.labels }
    automountServiceAccountToken = false
  })
}

resource "kubectl_manifest" "deployer_role" {
  depends_on = [kubectl_manifest.namespace]

  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "Role"
    metadata   = { name = local.deployer, namespace = local.namespace, labels = local.labels }
    rules      = local.deployer_rules
  })
}

resource "kubectl_manifest" "deployer_binding" {
  depends_on = [kubectl_manifest.deployer, kubectl_manifest.deployer_role]

  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "RoleBinding"
    metadata   = { name = local.deployer, namespace = local.namespace, labels = local.labels }
    roleRef    = { apiGroup = "rbac.authorization.k8s.io", kind = "Role", name = local.deployer }
    subjects   = [{ kind = "ServiceAccount", name = local.deployer, namespace = local.namespace }]
  })
}
