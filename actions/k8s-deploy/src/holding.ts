import { firstLine } from './bad-release.js';
import { type DeploymentRecord, openRecord } from './github.js';
import type { DeployOutputs } from './outcome.js';
import { type Holder, takeLease } from './release/lease.js';
import type { Site } from './site.js';

export function holderOf(site: Site): Holder {
  const { runUrl, runAttempt, job } = site.run;
  return {
    release: site.release,
    namespace: site.namespace,
    identity: `${runUrl} attempt ${runAttempt} job ${job} pid ${process.pid}`,
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
  outputs: DeployOutputs,
  work: (signal: AbortSignal, announce: Announce) => Promise<string | undefined>,
): Promise<void> {
  const lease = await takeLease(site.client, holderOf(site));
  let record: DeploymentRecord | undefined;
  const announce = async (commit: string) => {
    record = await openRecord(site, commit);
  };
  try {
    const said = await work(AbortSignal.any([site.cancelled, lease.lost]), announce);
    if (said !== undefined) await record?.end('success', said);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    outputs.set('reason', firstLine(reason));
    // Both at once: of a job that is cancelled there are seconds left, and GitHub must not use up those of the lease.
    await Promise.all([lease.release(), record?.end('failure', reason)]);
    throw error;
  }
  await lease.release();
}
