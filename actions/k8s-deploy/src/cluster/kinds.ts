import { groupOf } from './object.js';

/** How the API addresses a kind. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/**
 * The kinds that come with Kubernetes itself, so that a usual deployment needs no discovery requests at all.
 * Source: `kubectl api-resources` of 1.34. A plural begins with '/' where the kind has no namespace.
 */
const BUILT_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    ConfigMap: 'configmaps',
    Endpoints: 'endpoints',
    Event: 'events',
    LimitRange: 'limitranges',
    Namespace: '/namespaces',
    Node: '/nodes',
    PersistentVolume: '/persistentvolumes',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    Pod: 'pods',
    PodTemplate: 'podtemplates',
    ReplicationController: 'replicationcontrollers',
    ResourceQuota: 'resourcequotas',
    Secret: 'secrets',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  },
  'admissionregistration.k8s.io': {
    MutatingWebhookConfiguration: '/mutatingwebhookconfigurations',
    ValidatingAdmissionPolicy: '/validatingadmissionpolicies',
    ValidatingAdmissionPolicyBinding: '/validatingadmissionpolicybindings',
    ValidatingWebhookConfiguration: '/validatingwebhookconfigurations',
  },
  'apiextensions.k8s.io': { CustomResourceDefinition: '/customresourcedefinitions' },
  'apiregistration.k8s.io': { APIService: '/apiservices' },
  apps: {
    ControllerRevision: 'controllerrevisions',
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  },
  autoscaling: { HorizontalPodAutoscaler: 'horizontalpodautoscalers' },
  batch: { CronJob: 'cronjobs', Job: 'jobs' },
  'coordination.k8s.io': { Lease: 'leases' },
  'discovery.k8s.io': { EndpointSlice: 'endpointslices' },
  'networking.k8s.io': {
    Ingress: 'ingresses',
    IngressClass: '/ingressclasses',
    NetworkPolicy: 'networkpolicies',
  },
  policy: { PodDisruptionBudget: 'poddisruptionbudgets' },
  'rbac.authorization.k8s.io': {
    ClusterRole: '/clusterroles',
    ClusterRoleBinding: '/clusterrolebindings',
    Role: 'roles',
    RoleBinding: 'rolebindings',
  },
  'scheduling.k8s.io': { PriorityClass: '/priorityclasses' },
  'storage.k8s.io': { CSIDriver: '/csidrivers', StorageClass: '/storageclasses' },
};

export function builtIn(apiVersion: string, kind: string): Resource | undefined {
  const plural = BUILT_IN[groupOf(apiVersion)]?.[kind];
  if (plural === undefined) return undefined;
  const namespaced = !plural.startsWith('/');
  return { apiVersion, kind, plural: namespaced ? plural : plural.slice(1), namespaced };
}

export function isBuiltInGroup(apiVersion: string): boolean {
  return groupOf(apiVersion) in BUILT_IN;
}

/** The path of a collection, or of one object in it. */
export function pathOf(resource: Resource, namespace: string | undefined, name?: string): string {
  const root = resource.apiVersion.includes('/')
    ? `/apis/${resource.apiVersion}`
    : `/api/${resource.apiVersion}`;
  const place =
    resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${place}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
