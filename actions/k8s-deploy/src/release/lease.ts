import { ActionError, debug, info, messageOf, warning } from '@fairway/action-kit';
import { at, number, string } from '@fairway/action-kit/tree';
import { pause } from '@fairway/exec-kit';
import { hasStatus } from '../cluster/api-error.js';
import type { KubeClient } from '../cluster/client.js';
import { type KubeObject, type ObjectRef, refOf } from '../cluster/object.js';

/** How long a lease outlives its holder: the longest that a killed run blocks the next one. */
const LEASE_SECONDS = 30;
const RENEW_MS = 5_000;
/** How often a lease that is not ours is looked at, to see whether its holder still lives. */
const LOOK_MS = 1_000;

export interface Holder {
  readonly release: string;
  readonly namespace: string;
  /** Names this run to others, for example its address and attempt. */
  readonly identity: string;
}

/** The right to change one release in one namespace, renewed until given back. */
export interface Lease {
  /** Raised when the lease was lost: another run is at work, and this one must stop. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** What to do about the lease that is there. Times by the API server's clock. */
export function leaseMove(
  found: KubeObject | undefined,
  identity: string,
  now: Date,
): 'create' | 'take' | 'refuse' {
  if (found === undefined) return 'create';
  const holder = holderIn(found);
  if (holder === '' || holder === identity) return 'take';
  const renewed = Date.parse(string(at(found, 'spec', 'renewTime')));
  const lasts = number(at(found, 'spec', 'leaseDurationSeconds'), LEASE_SECONDS) * 1000;
  return Number.isNaN(renewed) || renewed + lasts < now.getTime() ? 'take' : 'refuse';
}

/**
 * Takes the lease. A holder that still renews it is at work, and this run is refused within seconds (to wait for each
 * other is the business of `concurrency:` in the workflow); one that does not is dead, and its lease is waited out.
 * @throws ActionError 'deploy-in-progress' naming the other run; 'interrupted' for a job that is cancelled by then
 */
export async function takeLease(client: KubeClient, holder: Holder, cancelled: AbortSignal): Promise<Lease> {
  let current = await seize(client, holder, cancelled);
  const lost = new AbortController();
  let renewing: Promise<void> = Promise.resolve();
  const renew = async () => {
    try {
      current = await client.replace({ ...current, spec: specOf(holder, client.connection.now()) });
    } catch (error) {
      debug(`Renewing the lease: ${messageOf(error)}`);
      if (!hasStatus(error, 409, 404)) return;
      const found = await stillOurs(client, holder, current);
      if (found) current = found;
      else lost.abort();
    }
  };
  const timer = setInterval(() => {
    renewing = renewing.then(renew);
  }, RENEW_MS);
  timer.unref();
  return {
    lost: lost.signal,
    release: async () => {
      clearInterval(timer);
      await renewing;
      if (lost.signal.aborted) return;
      const spec = { ...specOf(holder, client.connection.now()), holderIdentity: '' };
      await client.replace({ ...current, spec }).catch((error: unknown) => {
        warning(
          `The lease could not be given back; it expires by itself in ${LEASE_SECONDS} s: ${messageOf(error)}`,
        );
      });
    },
  };
}

/**
 * The lease as it is, if this run holds it: a renewal whose answer was lost on the way has been carried out, and its
 * repetition finds a version that it does not know.
 */
async function stillOurs(
  client: KubeClient,
  holder: Holder,
  lease: KubeObject,
): Promise<KubeObject | undefined> {
  const found = await client.get(refOf(lease)).catch((error: unknown) => {
    debug(`Looking at the lease: ${messageOf(error)}`);
    return lease; // not known to be lost; the next renewal tells
  });
  return found && holderIn(found) === holder.identity ? found : undefined;
}

async function seize(client: KubeClient, holder: Holder, cancelled: AbortSignal): Promise<KubeObject> {
  const name = `fairway.${holder.release}`;
  const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name, namespace: holder.namespace };
  let seen: string | undefined;
  for (;;) {
    if (cancelled.aborted) throw notBegun();
    const found = await client.get(ref);
    const now = client.connection.now();
    const move = leaseMove(found, holder.identity, now);
    if (move !== 'refuse') return write(client, holder, ref, found, now);
    const renewed = string(at(found, 'spec', 'renewTime'));
    const other = found ? holderIn(found) : '';
    if (seen !== undefined && seen !== renewed) throw inProgress(holder, other);
    if (seen === undefined) info(`The lease is held by ${other}; looking whether that run still lives.`);
    seen = renewed;
    await pause(LOOK_MS, cancelled);
  }
}

/** Takes what was free when looked at; whoever was quicker since shows as a 409, and so does our own repetition. */
async function write(
  client: KubeClient,
  holder: Holder,
  ref: ObjectRef,
  found: KubeObject | undefined,
  now: Date,
): Promise<KubeObject> {
  const renewal = specOf(holder, now);
  const spec = { ...renewal, acquireTime: renewal.renewTime };
  const { apiVersion, kind, name } = ref;
  const labels = { 'app.kubernetes.io/managed-by': 'fairway' };
  try {
    if (found) return await client.replace({ ...found, spec });
    return await client.create({
      apiVersion,
      kind,
      metadata: { name, namespace: holder.namespace, labels },
      spec,
    });
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
    const taken = await client.get(ref);
    if (taken && holderIn(taken) === holder.identity) return taken; // by us: the answer was lost on the way
    throw inProgress(holder, (taken && holderIn(taken)) || 'a run that was a moment quicker');
  }
}

function holderIn(lease: KubeObject): string {
  return string(at(lease, 'spec', 'holderIdentity'));
}

function specOf(holder: Holder, now: Date): Record<string, unknown> {
  return {
    holderIdentity: holder.identity,
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: `${now.toISOString().slice(0, -1)}000Z`, // MicroTime
  };
}

function inProgress(holder: Holder, other: string): ActionError {
  return new ActionError(
    'deploy-in-progress',
    `Another run is deploying '${holder.release}' in '${holder.namespace}': ${other}.`,
    {
      remedy: `Let it end and run this job again; 'concurrency: deploy-${holder.namespace}' in the workflow makes runs wait for each other. The lease of a run that died expires within ${LEASE_SECONDS} s.`,
    },
  );
}

function notBegun(): ActionError {
  return new ActionError('interrupted', 'The job was cancelled before anything was changed.', {
    remedy: 'Run it again when you want the release.',
  });
}
