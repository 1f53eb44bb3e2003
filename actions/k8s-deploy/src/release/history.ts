import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { builtIn, type Resource } from '../cluster/kinds.js';
import { trackOf } from '../strategy/track.js';
import {
  fromRecord,
  goodSelector,
  type Revision,
  recordKind,
  recordName,
  type State,
  selectorOf,
  toRecord,
} from './record.js';

const CONFIG_MAPS = builtIn('v1', 'ConfigMap') as Resource;
const SECRETS = builtIn('v1', 'Secret') as Resource;
/** A run may die while it takes away what failed. */
const UNFINISHED: ReadonlySet<State> = new Set(['pending', 'paused', 'interrupted', 'failed']);
/** Revisions kept, the last good one apart, which always stays. */
const KEPT = 10;

/** The revisions of one release in one namespace, as they were when read; newest first. */
export class History {
  readonly #client: KubeClient;
  readonly release: string;
  readonly namespace: string;
  revisions: readonly Revision[];

  private constructor(
    client: KubeClient,
    release: string,
    namespace: string,
    revisions: readonly Revision[],
  ) {
    this.#client = client;
    this.release = release;
    this.namespace = namespace;
    this.revisions = revisions;
  }

  static async read(client: KubeClient, release: string, namespace: string): Promise<History> {
    const labelSelector = selectorOf(release);
    const [open, sealed] = await Promise.all([
      client.list(CONFIG_MAPS, namespace, { labelSelector }),
      // Whoever may not read secrets has never recorded a release in one.
      client.list(SECRETS, namespace, { labelSelector }).catch((error: unknown) => {
        if (hasStatus(error, 403)) return { items: [] };
        throw error;
      }),
    ]);
    const found = await Promise.all([...open.items, ...sealed.items].map(fromRecord));
    const revisions = found.filter((revision) => revision !== undefined);
    return new History(
      client,
      release,
      namespace,
      revisions.toSorted((a, b) => b.number - a.number),
    );
  }

  /** Whether any revision was good, asked without reading one; false where that may not be asked. */
  static async hasGood(client: KubeClient, release: string, namespace: string): Promise<boolean> {
    const labelSelector = `${selectorOf(release)},${goodSelector}`;
    const found = await Promise.all(
      [CONFIG_MAPS, SECRETS].map((kind) =>
        client.list(kind, namespace, { labelSelector }, 'metadata').catch((error: unknown) => {
          if (hasStatus(error, 403)) return { items: [] };
          throw error;
        }),
      ),
    );
    return found.some(({ items }) => items.length > 0);
  }

  get lastGood(): Revision | undefined {
    return this.revisions.find(({ state }) => state === 'good');
  }

  /** What came after the last good revision and never became good. */
  get sinceLastGood(): readonly Revision[] {
    return this.revisions.filter(({ number }) => number > (this.lastGood?.number ?? 0));
  }

  /** See {@link isLeftIn}. @param except a revision that has not ended yet */
  isLeftInPlace(except?: Revision): boolean {
    return isLeftIn(this.sinceLastGood.filter(({ number }) => number !== except?.number));
  }

  /** The good revision that serves, and the one before it, whose colour may be kept for the way back. */
  get newestGood(): readonly Revision[] {
    return this.revisions.filter(({ state }) => state === 'good').slice(0, 2);
  }

  /**
   * Whether something may be on trial, or have a colour, in the cluster. A release that rolled the last time, and whose
   * runs since came to their end, has nothing of the kind, and pays no request for looking.
   */
  mayHaveTrials(strategy: string): boolean {
    const unfinished = this.sinceLastGood.some(({ state }) => UNFINISHED.has(state));
    const coloured = this.lastGood?.objects.some((object) => trackOf(object) !== '') ?? false;
    const before = this.lastGood?.about.strategy ?? 'rolling';
    return strategy !== 'rolling' || before !== 'rolling' || unfinished || coloured;
  }

  /** A revision whose run never came to its end. Whoever holds the lease knows that nobody is still at it. */
  get interrupted(): readonly Revision[] {
    return this.revisions.filter(({ state }) => state === 'pending');
  }

  get nextNumber(): number {
    return (this.revisions[0]?.number ?? 0) + 1;
  }

  find(number: number): Revision | undefined {
    return this.revisions.find((revision) => revision.number === number);
  }

  /** Writes a revision, new or changed. */
  async keep(revision: Revision): Promise<Revision> {
    await this.#client.apply(await toRecord(revision), { force: true });
    this.revisions = [
      revision,
      ...this.revisions.filter(({ number }) => number !== revision.number),
    ].toSorted((a, b) => b.number - a.number);
    return revision;
  }

  /** @param isLeft of a bad one: whether anything of it is left in place of the last good one */
  async mark(revision: Revision, state: State, reason = '', isLeft = false): Promise<Revision> {
    return this.keep({ ...revision, state, about: { ...revision.about, reason, isLeft } });
  }

  /** Deletes what nobody will go back to. */
  async forgetOld(): Promise<void> {
    for (const { number, objects } of forgettable(this.revisions)) {
      const name = recordName(this.release, number);
      await this.#client.delete({
        apiVersion: 'v1',
        kind: recordKind(objects),
        name,
        namespace: this.namespace,
      });
    }
  }
}

/** All but the newest ten and the last good one. Newest first. */
export function forgettable(revisions: readonly Revision[]): Revision[] {
  const lastGood = revisions.find(({ state }) => state === 'good');
  return revisions.slice(KEPT).filter((revision) => revision !== lastGood);
}

/**
 * Whether a release after the last good one was left in its place, whole or half-way. The newest one tells: whatever came
 * of it, it began where the ones before had left things. A run that died did not say how far it came. Pure.
 * @param sinceLastGood newest first
 */
export function isLeftIn([newest]: readonly Revision[]): boolean {
  if (newest === undefined) return false;
  const { state, about } = newest;
  return state === 'pending' || state === 'interrupted' || (state === 'failed' && about.isLeft === true);
}
