import { query } from '@fairway/exec-kit';
import { at, list, record, text } from '../engine/json-value.js';
import type { Environment } from '../scenarios/scenario.js';

/** What the cluster says of one environment. */
export interface EnvironmentView {
  readonly namespace: string;
  /** The address inside the cluster, or undefined while there is no service. */
  readonly clusterAddress: string | undefined;
  readonly pods: readonly PodView[];
  /** What k8s-deploy has recorded there, oldest first. */
  readonly releases: readonly ReleaseView[];
}

/** A revision of the release, as its record in the cluster says. */
export interface ReleaseView {
  readonly number: number;
  /** `good`, `failed`, `interrupted`, `undone`, `pending` or `paused`. */
  readonly state: string;
  /** Why it is no good one; '' for nothing. */
  readonly reason: string;
  /** Of the photo app's image that it put in place; '' for none. */
  readonly digest: string;
}

export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly ready: boolean;
  /** Of the image that runs: `sha256:…`, as the container runtime says. */
  readonly digest: string;
  /**
   * Of the image that its manifest asks for. A build that is repeated gives the same image under another digest, for
   * its provenance tells the time; what runs is then known to the runtime by the first.
   */
  readonly asked: string;
  /** Names the version of the pod template: two pods with one hash come of the same template. */
  readonly templateHash: string;
}

/** Where infra/local of the photo app puts an environment. */
export function namespaceOf(environment: Environment): string {
  return `photo-app-${environment}`;
}

/** Looks at an environment as it is now. What is not there is no error: the view is empty. */
export function viewEnvironment(kubeconfig: string, environment: Environment): Promise<EnvironmentView> {
  return viewNamespace(kubeconfig, namespaceOf(environment));
}

/** The same of any namespace. */
export async function viewNamespace(kubeconfig: string, namespace: string): Promise<EnvironmentView> {
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
  const [pods, services, records] = await Promise.all([get('pods'), get('services'), get('configmaps')]);
  return readView(namespace, { pods, services, records });
}

/** Lists as the API gives them. */
export interface Listed {
  readonly pods: unknown;
  readonly services: unknown;
  /** ConfigMaps, of which some are records of releases. */
  readonly records: unknown;
}

/** The view of what is listed. Pure. */
export function readView(namespace: string, { pods, services, records }: Listed): EnvironmentView {
  const service = list(at(services, 'items')).find((item) => at(item, 'metadata', 'name') === 'photo-app');
  const port = record(list(at(service, 'spec', 'ports'))[0])?.port;
  const address = text(at(service, 'spec', 'clusterIP'));
  return {
    namespace,
    clusterAddress: address === '' || typeof port !== 'number' ? undefined : `${address}:${port}`,
    pods: list(at(pods, 'items')).flatMap(podView),
    releases: list(at(records, 'items'))
      .flatMap(releaseView)
      .sort((one, other) => one.number - other.number),
  };
}

/** Of the record of a release (actions/k8s-deploy/src/release/record.ts); of another ConfigMap, nothing. */
function releaseView(kept: unknown): ReleaseView[] {
  const label = (name: string) => text(at(kept, 'metadata', 'labels', `fairway-ci.github.io/${name}`));
  const number = Number(label('revision') || Number.NaN);
  if (!Number.isInteger(number)) return [];
  const about: unknown = JSON.parse(
    Buffer.from(text(at(kept, 'binaryData', 'about')), 'base64').toString('utf8') || '{}',
  );
  const image = text(Object.values(record(at(about, 'images')) ?? {})[0]);
  return [
    {
      number,
      state: label('state'),
      reason: text(at(about, 'reason')),
      digest: /sha256:[0-9a-f]{64}/.exec(image)?.[0] ?? '',
    },
  ];
}

function podView(pod: unknown): PodView[] {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return [];
  const ready = list(at(pod, 'status', 'conditions')).some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True',
  );
  const digestIn = (image: unknown) => /sha256:[0-9a-f]{64}/.exec(text(image))?.[0] ?? '';
  return [
    {
      name: text(at(pod, 'metadata', 'name')),
      uid: text(at(pod, 'metadata', 'uid')),
      ready,
      digest: digestIn(at(list(at(pod, 'status', 'containerStatuses'))[0], 'imageID')),
      asked: digestIn(at(list(at(pod, 'spec', 'containers'))[0], 'image')),
      templateHash: text(at(pod, 'metadata', 'labels', 'pod-template-hash')),
    },
  ];
}
