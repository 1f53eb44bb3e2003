import { ActionError } from '@fairway/action-kit';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { conditionOf, type KubeObject, labelOf } from '../cluster/object.js';
import { follow, type WatchTarget } from '../cluster/watch.js';
import { podsOf } from '../rollout/pods.js';
import { View } from '../rollout/view.js';
import { podSelector } from '../strategy/track.js';

/** How long the first lists may take, in milliseconds. */
const SYNC_MS = 30_000;

/** Keeps one workload and its pods in sight. */
export class Lookout {
  readonly view: View;
  readonly #client: KubeClient;
  readonly #uid: string;
  readonly #label: string;
  readonly #signal: AbortSignal;
  readonly #unsynced = new Set<string>();
  readonly #waiting = new Set<() => void>();
  #trouble: unknown;

  private constructor(client: KubeClient, workload: KubeObject, signal: AbortSignal) {
    this.#client = client;
    this.#uid = workload.metadata.uid ?? '';
    this.#label = labelOf(workload);
    this.#signal = signal;
    this.view = new View(client.connection.now());
  }

  /** @param signal ends the watching */
  static async open(client: KubeClient, workload: KubeObject, signal: AbortSignal): Promise<Lookout> {
    const lookout = new Lookout(client, workload, signal);
    for (const [name, target] of targetsOf(workload)) {
      lookout.#unsynced.add(name);
      follow(client, target, signal, (change) => {
        lookout.view.take(name, change);
        lookout.#unsynced.delete(name);
        lookout.#look();
      }).catch((error: unknown) => {
        lookout.#trouble = error;
        lookout.#look();
      });
    }
    signal.addEventListener('abort', () => lookout.#look(), { once: true });
    const isSynced = await lookout.until(SYNC_MS, () => (lookout.#unsynced.size === 0 ? true : undefined));
    if (isSynced) return lookout;
    throw new ActionError(
      'unreachable',
      `The API server did not list the pods of ${lookout.#label} in time.`,
      {
        remedy: 'See whether the API server is healthy, and run the drill again. Nothing was disturbed.',
      },
    );
  }

  /** @throws ActionError 'drill-refused' when somebody deleted the workload */
  get workload(): KubeObject {
    const found = this.view.find(this.#uid);
    if (found) return found;
    throw new ActionError('drill-refused', `${this.#label} was deleted during the drill.`, {
      remedy: 'Run the drill when nobody else is at work there.',
    });
  }

  /** Pods of the workload that are not on their way out, whether or not they are ready. */
  get pods(): readonly KubeObject[] {
    return podsOf(this.workload, this.view).current;
  }

  /** Pods that take requests, without those that were told to go and may not know it yet. */
  readyPods(doomed: ReadonlySet<string>): readonly KubeObject[] {
    return this.pods.filter(
      (pod) => !doomed.has(pod.metadata.uid ?? '') && conditionOf(pod, 'Ready')?.status === 'True',
    );
  }

  /** Whether none of these pods is left, not even as one that is ending. */
  hasLost(doomed: ReadonlySet<string>): boolean {
    return [...doomed].every((uid) => this.view.find(uid) === undefined);
  }

  get nowMs(): number {
    return this.#client.connection.now().getTime();
  }

  /**
   * Looks at each change until there is an answer.
   * @returns undefined when the time was up
   * @throws ActionError 'interrupted', or what ended the watch
   */
  until<T>(timeoutMs: number, answer: () => T | undefined): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        clearInterval(ticking);
        this.#waiting.delete(look);
        settle();
      };
      const look = () => {
        if (this.#trouble !== undefined) return end(() => reject(this.#trouble));
        if (this.#signal.aborted) return end(() => reject(interrupted()));
        try {
          const found = answer();
          if (found !== undefined) end(() => resolve(found));
        } catch (error) {
          end(() => reject(error));
        }
      };
      const timer = setTimeout(() => end(() => resolve(undefined)), timeoutMs);
      // Some answers depend on the time alone: patience that runs out.
      const ticking = setInterval(look, 500);
      this.#waiting.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}

function targetsOf(workload: KubeObject): [string, WatchTarget][] {
  const { name, namespace } = workload.metadata;
  const watched = (apiVersion: string, kind: string, selection: object): [string, WatchTarget] => [
    kind,
    { resource: builtIn(apiVersion, kind) as Resource, namespace, ...selection },
  ];
  return [
    watched('apps/v1', workload.kind, { fieldSelector: `metadata.name=${name}` }),
    ...(workload.kind === 'Deployment' ? [watched('apps/v1', 'ReplicaSet', {})] : []),
    watched('v1', 'Pod', { labelSelector: podSelector(workload) }),
    watched('v1', 'Event', { fieldSelector: 'type=Warning' }),
  ];
}

export function interrupted(): ActionError {
  return new ActionError('interrupted', 'The drill was interrupted before its end.', {
    remedy: 'What it had changed was put back; run it again when there is time for the whole of it.',
  });
}
