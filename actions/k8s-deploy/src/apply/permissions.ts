import { ActionError } from '@fairway/action-kit';
import { at, list, string, tree } from '@fairway/action-kit/tree';
import type { KubeClient } from '../cluster/client.js';
import { isBuiltInGroup } from '../cluster/kinds.js';
import { groupOf } from '../cluster/object.js';
import { each } from './each.js';

/** Something the deployment will do, in the words of RBAC. */
export interface Need {
  readonly group: string;
  /** `pods`, `pods/log` */
  readonly resource: string;
  readonly verb: string;
  /** undefined for what has no namespace. */
  readonly namespace: string | undefined;
}

interface Rule {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly restricted: boolean;
}

/** A kind of object in the release, as RBAC names it. */
export interface Target {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  /** Its rollout is watched. */
  readonly awaited: boolean;
}

/** Kinds whose pods are watched with them. */
const WITH_PODS = new Set(['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'jobs', 'pods']);

/** What deploying takes: to change the objects, to watch them and their pods, and to keep the record and the lease. */
export function needsOf(
  targets: readonly Target[],
  home: string,
  options: {
    /** Namespaces whose Services are asked through the API server. */
    readonly proxied: readonly string[];
    readonly readOnly: boolean;
  },
): Need[] {
  const needs = new Map<string, Need>();
  const add = (group: string, resource: string, namespace: string | undefined, verbs: readonly string[]) => {
    for (const verb of verbs) {
      needs.set([group, resource, namespace, verb].join('|'), { group, resource, verb, namespace });
    }
  };
  // A server-side dry run is allowed to whoever may do the real thing; Kubernetes has no lesser right for it.
  const change = ['get', 'list', 'create', 'patch'];
  for (const { apiVersion, plural, namespace, awaited } of targets) {
    // What has no namespace is not ours alone: it is never counted among our own, and seldom may be deleted.
    const verbs = namespace === undefined ? ['get', 'patch'] : change;
    const following = namespace === undefined ? ['list', 'watch'] : ['watch'];
    const lasting = namespace === undefined ? [] : ['delete'];
    add(groupOf(apiVersion), plural, namespace, verbs);
    if (!options.readOnly)
      add(groupOf(apiVersion), plural, namespace, [...lasting, ...(awaited ? following : [])]);
  }
  // Where the history is kept: see recordKind.
  const isSealed = targets.some(({ apiVersion, plural }) => apiVersion === 'v1' && plural === 'secrets');
  const records = isSealed ? ['configmaps', 'secrets'] : ['configmaps'];
  const keeping = options.readOnly ? ['list'] : ['list', 'create', 'patch', 'delete'];
  for (const resource of records) add('', resource, home, keeping);
  if (options.readOnly) return [...needs.values()];
  add('coordination.k8s.io', 'leases', home, ['get', 'create', 'update']);
  for (const { apiVersion, plural, namespace, awaited } of targets) {
    if (!awaited || !isBuiltInGroup(apiVersion)) continue;
    if (WITH_PODS.has(plural)) {
      add('', 'pods', namespace, ['list', 'watch']);
      add('', 'pods/log', namespace, ['get']);
    }
    if (WITH_PODS.has(plural) || plural === 'persistentvolumeclaims')
      add('', 'events', namespace, ['list', 'watch']);
    if (plural === 'deployments') add('apps', 'replicasets', namespace, ['list', 'watch']);
  }
  for (const namespace of options.proxied) add('', 'services/proxy', namespace, ['get']);
  return [...needs.values()];
}

/**
 * Asks the cluster, before anything changes, whether all of it is allowed. One request a namespace gives the rules;
 * only what they do not show is asked for singly, since another authorizer may allow it.
 * @throws ActionError 'forbidden' with the Role to add
 */
export async function checkPermissions(client: KubeClient, needs: readonly Need[]): Promise<void> {
  const namespaces = [...new Set(needs.map(({ namespace }) => namespace))];
  const missing: Need[] = [];
  await each(
    namespaces.map((namespace) => ({ namespace })),
    async ({ namespace }) => {
      const rules = namespace === undefined ? [] : await rulesIn(client, namespace);
      const open = needs.filter(
        (need) => need.namespace === namespace && !rules.some((rule) => covers(rule, need)),
      );
      await each(open, async (need) => {
        if (!(await isAllowed(client, need))) missing.push(need);
      });
    },
  );
  if (missing.length > 0) throw forbidden(missing);
}

async function rulesIn(client: KubeClient, namespace: string): Promise<Rule[]> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const answer = await client.connection.json({
    method: 'POST',
    path,
    body,
    doing: 'Asking for my permissions',
    harmless: true,
  });
  return list(at(answer, 'status', 'resourceRules'))
    .map(tree)
    .map((rule) => ({
      groups: list(rule.apiGroups).map(string),
      resources: list(rule.resources).map(string),
      verbs: list(rule.verbs).map(string),
      restricted: list(rule.resourceNames).length > 0,
    }));
}

export function covers(rule: Rule, need: Need): boolean {
  const has = (values: readonly string[], value: string) => values.includes('*') || values.includes(value);
  const subresource = need.resource.includes('/') ? `*/${need.resource.split('/')[1]}` : need.resource;
  return (
    !rule.restricted &&
    has(rule.groups, need.group) &&
    (has(rule.resources, need.resource) || rule.resources.includes(subresource)) &&
    has(rule.verbs, need.verb)
  );
}

async function isAllowed(client: KubeClient, need: Need): Promise<boolean> {
  const [resource = '', subresource] = need.resource.split('/');
  const resourceAttributes = {
    group: need.group,
    resource,
    verb: need.verb,
    ...(subresource !== undefined && { subresource }),
    ...(need.namespace !== undefined && { namespace: need.namespace }),
  };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const answer = await client.connection.json({
    method: 'POST',
    path,
    body,
    doing: 'Asking for my permissions',
    harmless: true,
  });
  return at(answer, 'status', 'allowed') === true;
}

function forbidden(missing: readonly Need[]): ActionError {
  const what = missing
    .map(({ verb, resource, group }) => `${verb} ${resource}${group && `.${group}`}`)
    .sort();
  return new ActionError(
    'forbidden',
    `The deploying account lacks ${what.length} permissions: ${what.join(', ')}.`,
    {
      remedy: `Nothing was changed. Add this to its role:\n${roleFor(missing)}`,
    },
  );
}

/** The Role (and ClusterRole) that would give what is missing, as YAML. */
export function roleFor(missing: readonly Need[]): string {
  const byNamespace = Map.groupBy(missing, ({ namespace }) => namespace);
  return [...byNamespace.entries()]
    .map(([namespace, needs]) => {
      const byResource = Map.groupBy(needs, ({ group, resource }) => `${group}|${resource}`);
      const rules = [...byResource.entries()].sort().map(([key, members]) => {
        const [group = '', resource = ''] = key.split('|');
        const verbs = members.map(({ verb }) => `"${verb}"`).join(', ');
        return `  - { apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${verbs}] }`;
      });
      const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
      return [
        'apiVersion: rbac.authorization.k8s.io/v1',
        `kind: ${namespace === undefined ? 'ClusterRole' : 'Role'}`,
        `metadata: { name: fairway-deployer${place} }`,
        'rules:',
        ...rules,
      ].join('\n');
    })
    .join('\n---\n');
}
