import type { ActJob } from '../engine/act-log.js';
import { at, text } from '../engine/json-value.js';
import type { Environment } from '../scenarios/scenario.js';
import type { Notification } from '../services/inbox.js';
import { listedJobs } from './expected-jobs.js';
import type { Performance } from './play.js';
import type { Stage } from './stage.js';

/** `out/demo/run.json`: a run for machines. */
export interface RunRecord {
  readonly schema: 1;
  readonly scenario: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly commit: string;
  readonly jobs: readonly { readonly name: string; readonly result: string; readonly seconds: number }[];
  readonly image: { readonly reference: string; readonly digest: string } | null;
  readonly environments: Readonly<Record<Environment, EnvironmentRecord>>;
  readonly notifications: readonly NotificationRecord[];
  readonly assertions: readonly {
    readonly claim: string;
    readonly passed: boolean;
    readonly instead?: string;
  }[];
  /** Third-party actions that did not run here, and what did instead. */
  readonly standIns: readonly { readonly action: string; readonly instead: string }[];
  /** Lines of the staged copy in which `$/` was rewritten, `file:line`. */
  readonly rewritten: readonly string[];
}

export interface EnvironmentRecord {
  /** Where the app answers, or null when it does not run. */
  readonly url: string | null;
  /** Of the release that this run made, or null when it made none there. */
  readonly revision: string | null;
  readonly digests: readonly string[];
}

export interface NotificationRecord {
  readonly at: string;
  readonly path: string;
  readonly status: number;
  /** What it says, in a line. */
  readonly says: string;
}

/** The record of a performance. Pure. */
export function runRecord(
  performance: Performance,
  stage: Stage,
  urls: Readonly<Partial<Record<Environment, string>>>,
): RunRecord {
  const { carried, after, before, verdicts, image } = performance;
  const environment = (name: Environment): EnvironmentRecord => ({
    url: urls[name] ?? null,
    revision: revisionOf(carried.result.jobs, name) ?? null,
    digests: [...new Set(after.environments[name].pods.map((pod) => pod.digest))],
  });
  return {
    schema: 1,
    scenario: performance.scenario.name,
    passed: verdicts.every((verdict) => verdict.instead === undefined),
    seconds: tenths(carried.result.seconds),
    commit: carried.commit,
    jobs: listedJobs([...carried.result.jobs, ...(carried.second?.result.jobs ?? [])]).map((job) => ({
      name: job.name,
      result: job.result ?? 'none',
      seconds: tenths(job.seconds),
    })),
    image: image ?? null,
    environments: { staging: environment('staging'), production: environment('production') },
    notifications: after.notifications.slice(before.notifications.length).map(notificationRecord),
    assertions: verdicts.map(({ claim, instead }) => ({
      claim,
      passed: instead === undefined,
      ...(instead === undefined ? {} : { instead }),
    })),
    standIns: stage.thirdParty.flatMap(({ use, standIn }) =>
      standIn === undefined ? [] : [{ action: use, instead: standIn }],
    ),
    rewritten: stage.own.rewritten.map(({ file, line }) => `${file}:${line}`),
  };
}

function revisionOf(jobs: readonly ActJob[], environment: Environment): string | undefined {
  const job = jobs.find((candidate) => candidate.name.endsWith(` / Deploy ${environment}`));
  return job?.outputs.get('deploy.revision') || undefined;
}

/** A notification in a line, whichever of the shapes it has: Slack's, Alertmanager's, or our own. Pure. */
export function notificationRecord(notification: Notification): NotificationRecord {
  return {
    at: notification.at,
    path: notification.path,
    status: notification.status,
    says: oneLine(summaryOf(notification.body)),
  };
}

function summaryOf(body: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return body;
  }
  const alert = at(parsed, 'commonLabels', 'alertname');
  const candidates = [
    alert === undefined ? '' : `${text(at(parsed, 'status'))}: ${text(alert)}`,
    text(at(parsed, 'text')),
    text(at(parsed, 'title')),
    text(at(parsed, 'message')),
    text(at(parsed, 'status')),
  ];
  return candidates.find((candidate) => candidate !== '') ?? body;
}

function oneLine(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim();
  return line.length <= 140 ? line : `${line.slice(0, 139)}…`;
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
