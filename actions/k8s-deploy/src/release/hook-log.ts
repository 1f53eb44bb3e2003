import { debug, group, info, messageOf } from '@fairway/action-kit';
import { at, list, string, tree } from '@fairway/action-kit/tree';
import { queryOf } from '../cluster/client.js';
import { builtIn, pathOf, type Resource } from '../cluster/kinds.js';
import { type KubeObject, labelOf } from '../cluster/object.js';
import type { Site } from '../site.js';
import { runsAnew } from '../source/hooks.js';

const PODS = builtIn('v1', 'Pod') as Resource;
/** What is shown of each container's log: a migration says more than this only when something is wrong with it. */
const LOG = { lines: 200, bytes: 128 * 1024 };

/** Shows what the hooks of a wave have said, however they ended: what a migration did is part of the deployment's log. */
export async function showHookLogs(site: Site, wave: readonly KubeObject[]): Promise<void> {
  for (const hook of wave.filter(runsAnew)) {
    const pod = await newestPod(site, hook).catch((error: unknown) => {
      debug(`The pods of ${labelOf(hook)}: ${messageOf(error)}`);
      return undefined;
    });
    for (const container of containersOf(pod)) {
      const log = await readLog(site, pod?.metadata.namespace, pod?.metadata.name ?? '', container);
      if (log === '') continue;
      await group(`Log of ${labelOf(hook)}, container ${container}`, async () => {
        for (const line of log.split('\n')) info(line);
      });
    }
  }
}

/** A Job that tried again has a pod for each try. */
async function newestPod(site: Site, hook: KubeObject): Promise<KubeObject | undefined> {
  const { name, namespace } = hook.metadata;
  if (hook.kind === 'Pod')
    return site.client.get({ apiVersion: 'v1', kind: 'Pod', name, ...place(namespace) });
  const { items } = await site.client.list(PODS, namespace, { labelSelector: `job-name=${name}` });
  const age = (pod: KubeObject) => pod.metadata.creationTimestamp ?? '';
  return items.toSorted((a, b) => age(b).localeCompare(age(a)))[0];
}

function place(namespace: string | undefined): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

function containersOf(pod: KubeObject | undefined): string[] {
  return ['initContainers', 'containers'].flatMap((field) =>
    list(at(pod, 'spec', field)).map((container) => string(tree(container).name)),
  );
}

async function readLog(
  site: Site,
  namespace: string | undefined,
  pod: string,
  container: string,
): Promise<string> {
  const query = queryOf({ container, tailLines: String(LOG.lines), limitBytes: String(LOG.bytes) });
  const path = `${pathOf(PODS, namespace, pod)}/log${query}`;
  const bytes = await site.client.connection
    .bytes({ method: 'GET', path, accept: 'text/plain, */*', doing: 'Reading a log' })
    .catch((error: unknown) => {
      debug(`The log of ${pod}: ${messageOf(error)}`);
      return Buffer.alloc(0);
    });
  const text = bytes.toString('utf8').trimEnd();
  return text.startsWith('unable to retrieve container logs for ') ? '' : text;
}
