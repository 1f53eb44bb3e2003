import { createHash } from 'node:crypto';
import type { Context } from '@fairway/action-kit';
import type { Inputs } from './inputs.js';
import type { Job, Status } from './status.js';

/** What happened, for every sink the same. Its strings come from anyone; each sink escapes for its own format. */
export interface Notification {
  readonly status: Status;
  readonly title: string;
  /** May have several lines; never empty. */
  readonly message: string;
  readonly jobs: readonly Job[];
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
  readonly commitUrl: string;
  readonly actor: string;
  readonly workflow: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly runUrl: string;
  readonly environment: string;
  readonly image: string;
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pullRequest?: { readonly number: number; readonly title: string; readonly url: string };
  /** The same for every run of one workflow, branch (or pull request) and environment: what fails and what mends it share it. */
  readonly dedupKey: string;
  readonly at: Date;
}

type Told = Pick<
  Inputs,
  'status' | 'jobs' | 'title' | 'message' | 'environment' | 'image' | 'url' | 'labels'
>;

/** Puts together what the inputs say and where the run is. */
export function notificationOf(inputs: Told, run: Context, at: Date): Notification {
  const branch = run.pullRequest?.headRef || run.headRef || run.refName;
  return {
    status: inputs.status,
    title: inputs.title || [run.repository, branch].filter((part) => part !== '').join(' '),
    message: inputs.message || messageFor(inputs.status, inputs.jobs),
    jobs: inputs.jobs,
    repository: run.repository,
    branch,
    commit: run.headSha,
    commitUrl: `${run.serverUrl}/${run.repository}/commit/${run.headSha}`,
    actor: run.actor,
    workflow: run.workflow,
    runId: run.runId,
    runAttempt: run.runAttempt,
    runUrl: run.runUrl,
    environment: inputs.environment,
    image: inputs.image,
    url: inputs.url,
    labels: Object.fromEntries(inputs.labels),
    ...(run.pullRequest && {
      pullRequest: {
        number: run.pullRequest.number,
        title: run.pullRequest.title,
        url: run.pullRequest.url,
      },
    }),
    dedupKey: dedupKey(run.repository, run.workflow, changeOf(run, branch), inputs.environment),
    at,
  };
}

/**
 * What the run is about: a branch, or a pull request by its number. A pull request's branch may have any name, in a fork
 * often `main`: what mends that one mends nothing of ours.
 */
function changeOf(run: Context, branch: string): string {
  return run.pullRequest ? `#${run.pullRequest.number}` : branch;
}

/** 32 hexadecimal digits. */
export function dedupKey(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

export const VERBS: Readonly<Record<Status, string>> = {
  success: 'succeeded',
  failure: 'failed',
  cancelled: 'was cancelled',
  skipped: 'was skipped',
};

export const ICONS: Readonly<Record<Status, string>> = {
  success: '✅',
  failure: '❌',
  cancelled: '⏹️',
  skipped: '⏭️',
};

/** `❌ acme/photo-app main failed` */
export function headline(notification: Notification): string {
  return `${ICONS[notification.status]} ${notification.title} ${VERBS[notification.status]}`;
}

/** What to say when nobody said anything: which jobs failed, and what did not happen because of it. */
export function messageFor(status: Status, jobs: readonly Job[]): string {
  const named = (result: Status) => jobs.filter((job) => job.result === result).map(({ name }) => name);
  const parts = (['failure', 'cancelled', 'skipped'] as const).flatMap((result) => {
    const names = named(result);
    return names.length === 0
      ? []
      : [`${names.join(', ')} ${VERBS[result].replace('was', names.length > 1 ? 'were' : 'was')}`];
  });
  if (parts.length > 0 && status !== 'success') return `${parts.join('; ')}.`;
  return status === 'success' ? 'Everything passed.' : `The run ${VERBS[status]}.`;
}
