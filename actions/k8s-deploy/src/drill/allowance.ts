import { ActionError } from '@fairway/action-kit';
import { checkPermissions, type Need } from '../apply/permissions.js';
import type { Site } from '../site.js';
import type { DrillPlan } from './drill-inputs.js';

/** What a drill takes, in the words of RBAC. Pure. */
export function drillNeeds(plan: DrillPlan, home: string, throughApi: boolean): Need[] {
  const needs: Need[] = [];
  const add = (
    group: string,
    resource: string,
    namespace: string | undefined,
    ...verbs: readonly string[]
  ) => {
    for (const verb of verbs) needs.push({ group, resource, verb, namespace });
  };
  add('coordination.k8s.io', 'leases', home, 'get', 'create', 'update');
  add('', 'configmaps', home, 'list');
  add('', 'services', home, 'get', 'list');
  if (throughApi) add('', 'services/proxy', home, 'get');
  add('apps', 'deployments', home, 'get', 'list', 'watch');
  add('apps', 'statefulsets', home, 'get', 'list', 'watch');
  add('apps', 'replicasets', home, 'list', 'watch');
  add('', 'events', home, 'list', 'watch');
  add('', 'pods', home, 'list', 'watch');
  if (plan.disturbances.includes('pods')) add('', 'pods', home, 'delete');
  if (plan.disturbances.includes('drain')) {
    add('', 'pods/eviction', home, 'create');
    add('policy', 'poddisruptionbudgets', home, 'list');
    add('', 'nodes', undefined, 'get', 'list', 'patch');
  }
  return needs;
}

/** @throws ActionError 'forbidden' with the Role to add, and with what to leave out where nodes are not the caller's */
export async function askDrillPermissions(site: Site, plan: DrillPlan): Promise<void> {
  const throughApi = site.inputs.smokeTests.some(({ via }) => via === 'service');
  try {
    await checkPermissions(site.client, drillNeeds(plan, site.namespace, throughApi));
  } catch (error) {
    if (!(error instanceof ActionError) || !/\bnodes\b/.test(error.message)) throw error;
    throw new ActionError(error.code, error.message, {
      remedy: `${error.remedy}\nOr drain no node:  drill-disturb: pods`,
      cause: error,
    });
  }
}
