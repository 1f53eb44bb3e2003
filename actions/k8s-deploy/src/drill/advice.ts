import { at, list, number, tree } from '@fairway/action-kit/tree';
import { type KubeObject, labelOf } from '../cluster/object.js';
import type { Lost } from './tally.js';

/** A likely reason why requests were lost, and the line that mends it. */
export interface Advice {
  readonly cause: string;
  readonly remedy: string;
}

/** Kubernetes' own, in seconds. */
const DEFAULT_GRACE = 30;

/** What in the manifest explains lost requests, the likeliest first. Pure. */
export function adviceFor(workload: KubeObject, lost: readonly Lost[]): Advice[] {
  if (lost.length === 0) return [];
  const label = labelOf(workload);
  const pod = tree(at(workload, 'spec', 'template', 'spec'));
  const containers = list(pod.containers).map(tree);
  const found: Advice[] = [];
  if (containers.every(({ readinessProbe }) => readinessProbe === undefined)) {
    found.push({
      cause: `${label} has no readinessProbe, so that a pod gets requests the moment its program starts, before it listens`,
      remedy: 'readinessProbe: { httpGet: { path: /readyz, port: 8080 }, periodSeconds: 2 }',
    });
  }
  const grace = number(pod.terminationGracePeriodSeconds, DEFAULT_GRACE);
  const preStops = containers.map((container) => tree(at(container, 'lifecycle', 'preStop')));
  if (preStops.every((preStop) => Object.keys(preStop).length === 0)) {
    found.push({
      cause: `${label} has no preStop: a pod that is told to go still gets requests until every proxy has heard of it, and its program no longer listens`,
      remedy: 'lifecycle: { preStop: { sleep: { seconds: 5 } } }',
    });
  }
  const sleep = Math.max(0, ...preStops.map((preStop) => number(at(preStop, 'sleep', 'seconds'))));
  if (sleep > 0 && grace <= sleep) {
    found.push({
      cause: `${label} is killed (terminationGracePeriodSeconds ${grace}) before its preStop of ${sleep} s leaves it time to end`,
      remedy: `terminationGracePeriodSeconds: ${sleep + DEFAULT_GRACE}`,
    });
  }
  const isCut = lost.some(({ failure }) =>
    /cut off|ECONNRESET|socket hang up|EOF|reset by peer/i.test(failure),
  );
  if (isCut) {
    found.push({
      cause: 'connections were closed with an answer due: the program ends at once when it is told to go',
      remedy:
        'On SIGTERM: stop accepting, answer what is open, then exit (Node.js: server.close(); Go: http.Server.Shutdown).',
    });
  }
  if (found.length > 0) return found;
  return [
    {
      cause: `something between the caller and ${label} still sent requests to a pod that was gone`,
      remedy: "Give preStop a longer sleep, and read the proxy's or ingress controller's log at that time.",
    },
  ];
}
