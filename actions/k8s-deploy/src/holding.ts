import { firstLine } from './bad-release.js';
import { openRecord } from './github.js';
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

/**
 * Does the work while this run alone may change the release, and tells GitHub of its beginning and its end.
 * @param work gives what to say at the end; undefined where the deployment has not ended yet
 */
export async function whileHolding(
  site: Site,
  outputs: DeployOutputs,
  work: (signal: AbortSignal) => Promise<string | undefined>,
): Promise<void> {
  const lease = await takeLease(site.client, holderOf(site));
  const record = await openRecord(site);
  try {
    const said = await work(AbortSignal.any([site.cancelled, lease.lost]));
    if (said !== undefined) await record.end('success', said);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    outputs.set('reason', firstLine(reason));
    // Both at once: of a job that is cancelled there are seconds left, and GitHub must not use up those of the lease.
    await Promise.all([lease.release(), record.end('failure', reason)]);
    throw error;
  }
  await lease.release();
}
