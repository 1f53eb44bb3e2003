locals {
  claim       = var.data_claim == null ? [] : [var.data_claim]
  host_volume = [for claim in local.claim : claim if claim.host_folder != null]
}

resource "kubectl_manifest" "data_volume" {
  count = length(local.host_volume)

  depends_on = [terraform_data.owner]

  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "PersistentVolume"
    metadata   = { name = "${local.namespace}-data", labels = local.labels }
    spec = {
      capacity    = { storage = local.host_volume[count.index].size }
      accessModes = ["ReadWriteMany"]
      # Photos are never deleted by a plan.
      persistentVolumeReclaimPolicy = "Retain"
      storageClassName              = "host-folder"
      claimRef                      = { namespace = local.namespace, name = "photo-app-data" }
      hostPath                      = { path = "${local.host_volume[count.index].host_folder}/${var.environment}", type = "Directory" }
    }
  })
}

resource "kubectl_manifest" "data_claim" {
  count = length(local.claim)

  depends_on = [kubectl_manifest.namespace, kubectl_manifest.data_volume]

  server_side_apply = true
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "PersistentVolumeClaim"
    metadata   = { name = "photo-app-data", namespace = local.namespace, labels = local.labels }
    spec = merge(
      {
        # The default class of most clusters offers no more; it suffices where all pods share a node.
        accessModes = [local.claim[count.index].host_folder == null ? "ReadWriteOnce" : "ReadWriteMany"]
        resources   = { requests = { storage = local.claim[count.index].size } }
      },
      local.claim[count.index].host_folder == null ? {} : { storageClassName = "host-folder" },
    )
  })
}
