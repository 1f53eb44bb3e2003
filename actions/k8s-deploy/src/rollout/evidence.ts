import { at, number, string } from '@fairway/action-kit/tree';
import type { KubeClient } from '../cluster/client.js';
import { queryOf } from '../cluster/client.js';
import { builtIn, pathOf, type Resource } from '../cluster/kinds.js';
import type { Inputs } from '../inputs.js';
import type { Finding } from './finding.js';

const PODS = builtIn('v1', 'Pod') as Resource;
const EVENTS = builtIn('v1', 'Event') as Resource;
/** What is read of each log, in lines and bytes. */
const LOG = { lines: 40, bytes: 64 * 1024 };
/** Findings whose evidence is fetched: ten crashing replicas tell no more than two. */
const SHOWN = 3;

/** What a person would have looked up: the last words of the container, and what the cluster said about the pod. */
export interface Evidence {
  readonly finding: Finding;
  /** The log of the container that died before the one now there. */
  readonly previousLog: string;
  readonly log: string;
  /** `Warning BackOff (×4): …`, oldest first. */
  readonly events: readonly string[];
  /** It was not looked at, as the input `evidence` asks. */
  readonly isWithheld: boolean;
}

/**
 * Gathers evidence for the worst findings, one of each workload and container. What cannot be read stays empty.
 * @param amount with `none`, logs and events are not even read: they may hold what the summary's readers must not see
 */
export async function gatherEvidence(
  client: KubeClient,
  findings: readonly Finding[],
  amount: Inputs['evidence'],
): Promise<Evidence[]> {
  const distinct = new Map<string, Finding>();
  for (const finding of findings) {
    const key = [finding.code, finding.workload, finding.container].join('|');
    if (!distinct.has(key)) distinct.set(key, finding);
  }
  const shown = [...distinct.values()].slice(0, SHOWN);
  if (amount === 'none') {
    return shown.map((finding) => ({ finding, previousLog: '', log: '', events: [], isWithheld: true }));
  }
  return Promise.all(shown.map((finding) => evidenceOf(client, finding)));
}

async function evidenceOf(client: KubeClient, finding: Finding): Promise<Evidence> {
  const [previousLog, log, events] = await Promise.all([
    readLog(client, finding, true),
    readLog(client, finding, false),
    readEvents(client, finding),
  ]);
  // A container in back-off has no newer log than the previous one's; the kubelet then gives the same for both.
  return { finding, previousLog: previousLog === log ? '' : previousLog, log, events, isWithheld: false };
}

async function readLog(client: KubeClient, finding: Finding, previous: boolean): Promise<string> {
  if (finding.pod === undefined) return '';
  const query = queryOf({
    container: finding.container,
    previous: previous ? 'true' : '',
    tailLines: String(LOG.lines),
    limitBytes: String(LOG.bytes),
  });
  const path = `${pathOf(PODS, finding.namespace, finding.pod)}/log${query}`;
  return (
    client.connection
      .bytes({ method: 'GET', path, accept: 'text/plain, */*', doing: 'Reading a log' })
      .then((bytes) => bytes.toString('utf8').trimEnd())
      // The kubelet answers 200 with this where the runtime has thrown the dead container away.
      .then((text) => (text.startsWith('unable to retrieve container logs for ') ? '' : text))
      .catch(() => '')
  );
}

async function readEvents(client: KubeClient, finding: Finding): Promise<string[]> {
  const [kind = '', name = ''] = finding.workload.split(' ');
  const about = finding.pod === undefined ? { kind, name } : { kind: 'Pod', name: finding.pod };
  const fieldSelector = `involvedObject.kind=${about.kind},involvedObject.name=${about.name}`;
  try {
    const { items } = await client.list(EVENTS, finding.namespace, { fieldSelector });
    return items
      .toSorted((a, b) => string(a.lastTimestamp).localeCompare(string(b.lastTimestamp)))
      .slice(-12)
      .map((event) => {
        const times = number(event.count, 1);
        return `${string(event.type)} ${string(event.reason)}${times > 1 ? ` (×${times})` : ''}: ${string(event.message) || string(at(event, 'note'))}`;
      });
  } catch {
    return [];
  }
}
