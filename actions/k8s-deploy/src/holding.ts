import { randomUUID } from 'node:crypto';
import { type DeploymentRecord, openRecord } from './github.js';
import { type Holder, takeLease } from './release/lease.js';
import type { Site } from './site.js';

export function holderOf(site: Site): Holder {
  const { runUrl, runAttempt, job } = site.run;
  // Jobs of one run may have the same name (a matrix, a workflow that is called twice) and, in containers, the same pid.
  const own = `${randomUUID().slice(0, 8)} pid ${process.pid}`;
  return {
    release: site.release,
    namespace: site.namespace,
    identity: `${runUrl} attempt ${runAttempt} job ${job} ${own}`,
  };
}

/** Tells GitHub that a commit is being deployed. */
export type Announce = (commit: string) => Promise<void>;

/**
 * Does the work while this run alone may change the release. What it announces is a deployment in GitHub's history of the
 * environment, with its end.
 * @param work gives what to say at the end; undefined where the deployment has not ended yet
 */
export async function whileHolding(
  site: Site,
  work: (signal: AbortSignal, announce: Announce) => Promise<string | undefined>,
): Promise<void> {
  const lease = await takeLease(site.client, holderOf(site), site.cancelled);
  let record: DeploymentRecord | undefined;
  const announce = async (commit: string) => {
    record = await openRecord(site, commit);
  };
  try {
    const said = await work(AbortSignal.any([site.cancelled, lease.lost]), announce);
    if (said !== undefined) await record?.end('success', said);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Both at once: of a job that is cancelled there are seconds left, and GitHub must not use up those of the lease.
    await Promise.all([lease.release(), record?.end('failure', reason)]);
    throw error;
  }
  await lease.release();
}
