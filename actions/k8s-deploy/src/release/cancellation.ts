import { info, messageOf, warning } from '@fairway/action-kit';
import type { Site } from '../site.js';
import type { History } from './history.js';
import type { Revision } from './record.js';

/**
 * Does the work of one revision. When the job is cancelled in the middle of it, the record says so at once: what is
 * half-way stays as it is, since the few seconds that a runner leaves are not enough to go back, and the next run heals it
 * without having to find out first whether this one still lives.
 */
export async function toldIfCancelled<T>(
  site: Site,
  history: History,
  revision: Revision,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (site.cancelled.aborted && history.find(revision.number)?.state === 'pending') {
      await history
        .mark(revision, 'interrupted', 'its job was cancelled')
        .then(() => info(`Revision ${revision.number} is left half-way; the next run carries on from it.`))
        .catch((cause: unknown) => warning(`The record of the release was not closed: ${messageOf(cause)}`));
    }
    throw error;
  }
}
