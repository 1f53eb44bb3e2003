import { ActionError } from '@fairway/action-kit';

/** How a job, or all of them, ended; GitHub's words. */
export type Status = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface Job {
  readonly name: string;
  readonly result: Status;
}

const STATUSES: readonly string[] = ['success', 'failure', 'cancelled', 'skipped'];

/**
 * Reads `toJSON(needs)`; undefined when it is empty.
 * @throws ActionError 'bad-input' when it is anything else
 */
export function jobsIn(json: string): Job[] | undefined {
  if (json === '') return undefined;
  const needs = parsed(json);
  if (needs === undefined) throw notNeeds();
  return Object.entries(needs).map(([name, job]) => {
    const result = typeof job === 'object' && job !== null && 'result' in job ? job.result : undefined;
    if (!isStatus(result)) throw notNeeds();
    return { name, result };
  });
}

/** The whole by its parts: one failure makes it a failure, one cancellation a cancellation; what was skipped is no part. */
export function statusOf(jobs: readonly Job[]): Status {
  for (const status of ['failure', 'cancelled', 'success'] as const) {
    if (jobs.some(({ result }) => result === status)) return status;
  }
  return 'skipped';
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'string' && STATUSES.includes(value);
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function notNeeds(): ActionError {
  return new ActionError('bad-input', "The input 'needs' is not the results of jobs.", {
    remedy: 'Hand on the whole context as JSON:  needs: ${{ toJSON(needs) }}',
  });
}
