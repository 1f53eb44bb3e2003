import { query } from '@fairway/exec-kit';
import { at, list, record, text } from '../engine/json-value.js';
import type { Environment } from '../scenarios/scenario.js';

/** What the cluster says of one environment. */
export interface EnvironmentView {
  readonly namespace: string;
  /** The address inside the cluster, or undefined while there is no service. */
  readonly clusterAddress: string | undefined;
  readonly pods: readonly PodView[];
}

export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly ready: boolean;
  /** Of the image that runs: `sha256:…`, as the container runtime says. */
  readonly digest: string;
  /** Names the version of the pod template: two pods with one hash come of the same template. */
  readonly templateHash: string;
}

/** Where infra/local of the photo app puts an environment. */
export function namespaceOf(environment: Environment): string {
  return `photo-app-${environment}`;
}

/** Looks at an environment as it is now. What is not there is no error: the view is empty. */
export async function viewEnvironment(
  kubeconfig: string,
  environment: Environment,
): Promise<EnvironmentView> {
  const namespace = namespaceOf(environment);
  const get = async (kind: string): Promise<unknown> =>
    JSON.parse(
      await query('kubectl', [
        '--kubeconfig',
        kubeconfig,
        '--namespace',
        namespace,
        'get',
        kind,
        '--output',
        'json',
      ]),
    );
  const [pods, services] = await Promise.all([get('pods'), get('services')]);
  return readView(namespace, pods, services);
}

/** The view of lists of pods and services as the API gives them. Pure. */
export function readView(namespace: string, pods: unknown, services: unknown): EnvironmentView {
  const service = list(at(services, 'items')).find((item) => at(item, 'metadata', 'name') === 'photo-app');
  const port = record(list(at(service, 'spec', 'ports'))[0])?.port;
  const address = text(at(service, 'spec', 'clusterIP'));
  return {
    namespace,
    clusterAddress: address === '' || typeof port !== 'number' ? undefined : `${address}:${port}`,
    pods: list(at(pods, 'items')).flatMap(podView),
  };
}

function podView(pod: unknown): PodView[] {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return [];
  const ready = list(at(pod, 'status', 'conditions')).some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True',
  );
  const image = text(at(list(at(pod, 'status', 'containerStatuses'))[0], 'imageID'));
  return [
    {
      name: text(at(pod, 'metadata', 'name')),
      uid: text(at(pod, 'metadata', 'uid')),
      ready,
      digest: /sha256:[0-9a-f]{64}/.exec(image)?.[0] ?? '',
      templateHash: text(at(pod, 'metadata', 'labels', 'pod-template-hash')),
    },
  ];
}
