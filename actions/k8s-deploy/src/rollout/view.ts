import { list, string, tree } from '@fairway/action-kit/tree';
import { conditionOf, DOMAIN, type KubeObject, type Metadata } from '../cluster/object.js';
import type { Change } from '../cluster/watch.js';

/** A warning about an object, the newest of its reason. */
export interface Warning {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

/** What the watches have shown so far: the only thing that verdicts are made from. */
export class View {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #warnings = new Map<string, Map<string, Warning>>();

  /** Objects by kind and the uid of their owners, made when first asked for after a change. */
  #owned: Map<string, KubeObject[]> | undefined;

  readonly #sinceMs: number;

  /** @param since older warnings about workloads belong to an earlier rollout, and do not count */
  constructor(since: Date) {
    this.#sinceMs = since.getTime() - TIMESTAMP_MS;
  }

  /** @param stream names the watch, so that a fresh list replaces what that watch had shown, and nothing else */
  take(stream: string, change: Change): void {
    this.#owned = undefined;
    if (change.type === 'all') {
      const known = this.#objects.get(stream) ?? [];
      const fresh = new Map([...known].filter(([, object]) => hasEnded(object)));
      for (const object of change.objects) this.#put(fresh, object);
      this.#objects.set(stream, fresh);
      return;
    }
    const shown = this.#objects.get(stream) ?? new Map<string, KubeObject>();
    this.#objects.set(stream, shown);
    if (change.type === 'gone' && !hasEnded(change.object)) shown.delete(uidOf(change.object));
    else this.#put(shown, change.object);
  }

  #put(shown: Map<string, KubeObject>, object: KubeObject): void {
    if (object.kind === 'Event') this.#warn(object);
    else shown.set(uidOf(object), slim(object));
  }

  #warn(event: KubeObject): void {
    const about = tree(event.involvedObject);
    const uid = string(about.uid);
    const reason = string(event.reason);
    // A pod is of one revision only, so all its warnings count; a workload's may be of any.
    if (about.kind !== 'Pod' && whenMs(event) < this.#sinceMs) return;
    const byReason = this.#warnings.get(uid) ?? new Map<string, Warning>();
    this.#warnings.set(uid, byReason);
    const count = typeof event.count === 'number' ? event.count : 1;
    byReason.set(reason, { reason, message: string(event.message), count });
  }

  *ofKind(kind: string): Generator<KubeObject> {
    for (const shown of this.#objects.values()) {
      for (const object of shown.values()) if (object.kind === kind) yield object;
    }
  }

  /** Objects of a kind that belong to one owner: of a thousand pods, its own few. */
  ownedBy(uid: string, kind: string): readonly KubeObject[] {
    this.#owned ??= this.#byOwner();
    return this.#owned.get(`${kind}|${uid}`) ?? [];
  }

  #byOwner(): Map<string, KubeObject[]> {
    const owned = new Map<string, KubeObject[]>();
    for (const shown of this.#objects.values()) {
      for (const object of shown.values()) {
        for (const { uid } of object.metadata.ownerReferences ?? []) {
          const key = `${object.kind}|${uid}`;
          const siblings = owned.get(key);
          if (siblings) siblings.push(object);
          else owned.set(key, [object]);
        }
      }
    }
    return owned;
  }

  find(uid: string): KubeObject | undefined {
    for (const shown of this.#objects.values()) {
      const found = shown.get(uid);
      if (found) return found;
    }
    return undefined;
  }

  warningsOf(object: KubeObject): readonly Warning[] {
    return [...(this.#warnings.get(uidOf(object))?.values() ?? [])];
  }
}

/** Events of the core API have whole seconds. */
const TIMESTAMP_MS = 1_500;

function whenMs(event: KubeObject): number {
  const when =
    string(event.lastTimestamp) || string(event.eventTime) || string(event.metadata.creationTimestamp);
  return Date.parse(when) || 0;
}

/** A Job that has ended stays in sight when its ttlSecondsAfterFinished takes it away: how it ended is what is wanted. */
function hasEnded(object: KubeObject): boolean {
  if (object.kind !== 'Job') return false;
  return ['Complete', 'Failed'].some((type) => conditionOf(object, type)?.status === 'True');
}

function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? '';
}

/** Without what no verdict looks at: of a thousand pods, it is most of their bytes. */
function slim(object: KubeObject): KubeObject {
  const { managedFields: _managed, annotations, ...metadata } = object.metadata;
  if (object.kind !== 'Pod')
    return { ...object, metadata: { ...metadata, ...(annotations && { annotations }) } };
  const spec = tree(object.spec);
  const names = (field: unknown) =>
    list(field).map((container) => {
      const { name, image, restartPolicy, readinessProbe } = tree(container);
      return { name, image, restartPolicy, isProbed: readinessProbe !== undefined };
    });
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...metadata, ...(annotations && telling(annotations)) },
    spec: {
      nodeName: spec.nodeName,
      restartPolicy: spec.restartPolicy,
      containers: names(spec.containers),
      initContainers: names(spec.initContainers),
    },
    status: object.status,
  };
}

/** The annotations that say what a pod is for; the rest may be long. */
function telling(annotations: Readonly<Record<string, string>>): Partial<Metadata> {
  const kept = Object.entries(annotations).filter(
    ([name]) => name.startsWith('helm.sh/') || name.startsWith(`${DOMAIN}/`),
  );
  return kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
}
