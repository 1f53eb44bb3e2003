import { isDeepStrictEqual } from 'node:util';
import { ActionError, info, warning } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { type ApiError, hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { type KubeObject, keyOf, labelOf, type ObjectRef, refOf } from '../cluster/object.js';
import { definitionsIn, isDefinedBy } from '../source/definitions.js';
import { runsAnew } from '../source/hooks.js';
import { readConflicts } from './conflicts.js';
import { each } from './each.js';
import { staysWhileUsed, whenGone } from './gone.js';
import { isInEffect } from './in-effect.js';
import { keepScale } from './scale.js';

export type Action = 'created' | 'changed' | 'unchanged' | 'deleted' | 'kept';

/** What became of one object. */
export interface Applied {
  readonly ref: ObjectRef;
  readonly action: Action;
  readonly before: KubeObject | undefined;
  /** As the server has it now; undefined when deleted. */
  readonly after: KubeObject | undefined;
}

export interface ApplyOptions {
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Everything the release consists of, for decisions that look beyond one object. */
  readonly release: readonly KubeObject[];
  /** The objects before, by key. */
  readonly live: ReadonlyMap<string, KubeObject>;
  /** Told of each object as soon as it is done, so that a failure halfway knows what was. */
  readonly onApplied: (applied: Applied) => void;
  /** Raised when no more objects are to be applied. */
  readonly signal?: AbortSignal;
}

/**
 * Applies objects that do not depend on each other, several at a time.
 * @throws ActionError 'conflict' naming field and owner; ApiError for other refusals
 */
export async function applyAll(
  client: KubeClient,
  objects: readonly KubeObject[],
  options: ApplyOptions,
): Promise<void> {
  await each(objects, async (object) => {
    if (options.signal?.aborted) throw interrupted();
    const before = options.live.get(keyOf(object));
    const after = await applyOne(client, object, before, options);
    const same = before && (options.dryRun ? isAlike(before, after) : isSame(before, after));
    const action = before === undefined ? 'created' : same ? 'unchanged' : 'changed';
    options.onApplied({ ref: refOf(object), action, before, after });
  });
}

function interrupted(): ActionError {
  return new ActionError('interrupted', 'The release was interrupted while its objects were applied.', {
    remedy: 'Run the job again: it finds the revision that was left half-way and carries on from there.',
  });
}

/** Whether nothing changed: the server gives an apply without effect the version that was there. */
function isSame(before: KubeObject, after: KubeObject): boolean {
  return before.metadata.resourceVersion === after.metadata.resourceVersion;
}

/** Whether nothing would change: a dry run stores nothing, so that the version stays whatever it finds. */
function isAlike(before: KubeObject, after: KubeObject): boolean {
  const content = ({ metadata, ...rest }: KubeObject) => {
    const { managedFields: _managed, resourceVersion: _version, ...kept } = metadata;
    return { ...rest, metadata: kept };
  };
  return isDeepStrictEqual(content(before), content(after));
}

async function applyOne(
  client: KubeClient,
  object: KubeObject,
  before: KubeObject | undefined,
  options: ApplyOptions,
): Promise<KubeObject> {
  if (before && runsAnew(object) && !options.dryRun) return recreate(client, object, before, options);
  const after = await applyOver(client, object, before, options);
  if (after.metadata.deletionTimestamp === undefined || options.dryRun) return after;
  if (staysWhileUsed(after)) {
    warning(`${labelOf(object)} is being deleted: what was applied to it goes with it when nothing uses it.`);
    return after;
  }
  info(`${labelOf(object)} is being deleted; waiting until it is gone to make it anew.`);
  await whenGone(client, after);
  return applyOver(client, object, undefined, options);
}

/** Applies over what is there, however it came to be. */
async function applyOver(
  client: KubeClient,
  object: KubeObject,
  before: KubeObject | undefined,
  options: ApplyOptions,
): Promise<KubeObject> {
  try {
    return await applyScaled(client, object, before, options);
  } catch (error) {
    if (isConflict(error)) throw conflict(object, error);
    // A Job's template cannot be changed; a Job that is applied again is meant to run again.
    if (before && object.kind === 'Job' && isImmutable(error)) {
      return options.dryRun
        ? { ...object, metadata: { ...object.metadata, resourceVersion: 'new' } }
        : recreate(client, object, before, options);
    }
    throw error;
  }
}

async function applyScaled(
  client: KubeClient,
  object: KubeObject,
  before: KubeObject | undefined,
  options: ApplyOptions,
): Promise<KubeObject> {
  const wanted = keepScale(object, options.release, before);
  if (before && isInEffect(wanted, before)) return before;
  const isNew = isDefinedBy(definitionsIn(options.release), object);
  for (let look = 0; ; look++) {
    try {
      return await client.apply(wanted, options);
    } catch (error) {
      // The autoscaler was at work between our look and our apply.
      if (isConflict(error) && wanted !== object && look === 0) {
        return client.apply(keepScale(object, options.release, await client.get(refOf(object))), options);
      }
      // A definition is established a moment before the API serves its kind.
      if (!isNew || !isNotServed(error) || look >= SERVED_LOOKS) throw error;
      await pause(250);
    }
  }
}

/** How often a kind that was just defined is tried, a quarter second apart. */
const SERVED_LOOKS = 40;

function isNotServed(error: unknown): boolean {
  return hasStatus(error, 404) || (error instanceof ActionError && error.code === 'unknown-kind');
}

/** Deletes what is there, with its pods, and makes it anew: of two runs of one migration, the first has ended. */
async function recreate(
  client: KubeClient,
  object: KubeObject,
  before: KubeObject,
  options: ApplyOptions,
): Promise<KubeObject> {
  const { uid } = before.metadata;
  await client.delete(refOf(object), { propagation: 'Foreground', ...(uid !== undefined && { uid }) });
  await whenGone(client, before);
  return client.apply(object, options);
}

function isConflict(error: unknown): error is ApiError {
  return hasStatus(error, 409) && error.causes.some(({ reason }) => reason === 'FieldManagerConflict');
}

function isImmutable(error: unknown): boolean {
  return hasStatus(error, 422) && /immutable/.test((error as ApiError).message);
}

function conflict(object: KubeObject, error: ApiError): ActionError {
  const found = readConflicts(error.causes);
  const listed = found.map(({ field, owner }) => `  ${field} belongs to ${owner}`).join('\n');
  return new ActionError('conflict', `${labelOf(object)} has fields that somebody else manages:\n${listed}`, {
    remedy:
      "Take these fields out of the manifest if the other one should keep them, or add 'force-conflicts: true' to take them over (needed once for objects that 'kubectl apply' or Helm made).",
    cause: error,
  });
}
