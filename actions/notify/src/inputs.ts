import { ActionError, duration, flag, integer, oneOf, pairs, secret, text } from '@fairway/action-kit';
import { type Job, jobsIn, type Status, statusOf } from './status.js';

/** Every input, read and checked once. Durations in milliseconds. */
export interface Inputs {
  readonly status: Status;
  readonly jobs: readonly Job[];
  readonly title: string;
  readonly message: string;
  readonly environment: string;
  readonly image: string;
  readonly url: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Addresses are read where they are used, so that a wrong one does not keep the others from being told. */
  readonly slackWebhook: string;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly alertmanagerUrl: string;
  readonly alertDuration: number;
  readonly when: 'always' | 'failure';
  readonly failOn: 'any' | 'all' | 'never';
  readonly retries: number;
  readonly timeout: number;
  readonly allowHttp: boolean;
  readonly dryRun: boolean;
}

export function readInputs(): Inputs {
  // Secrets first: from here on nothing can print them.
  const sinks = {
    slackWebhook: secret('slack-webhook'),
    webhookUrl: secret('webhook-url'),
    webhookSecret: secret('webhook-secret'),
    alertmanagerUrl: secret('alertmanager-url'),
  };
  const jobs = jobsIn(text('needs'));
  const status = oneOf('status', ['auto', 'success', 'failure', 'cancelled', 'skipped'], { default: 'auto' });
  if (status === 'auto' && jobs === undefined) {
    throw new ActionError(
      'bad-input',
      "The input 'status' is 'auto', and there is no 'needs' to tell it from.",
      {
        remedy:
          'Add  needs: ${{ toJSON(needs) }}  in a job that needs the others, or  status: ${{ job.status }}',
      },
    );
  }
  return {
    ...sinks,
    status: status === 'auto' ? statusOf(jobs ?? []) : status,
    jobs: jobs ?? [],
    title: text('title'),
    message: text('message'),
    environment: text('environment'),
    image: text('image'),
    url: text('url'),
    labels: labels(),
    alertDuration: duration('alert-duration', { default: '24h' }),
    when: oneOf('on', ['always', 'failure'], { default: 'always' }),
    failOn: oneOf('fail-on', ['any', 'all', 'never'], { default: 'any' }),
    retries: integer('retries', { min: 0, max: 10, default: 3 }),
    timeout: duration('timeout', { default: '10s' }),
    allowHttp: flag('allow-http', false),
    dryRun: flag('dry-run', false),
  };
}

function labels(): ReadonlyMap<string, string> {
  const given = pairs('labels');
  for (const name of given.keys()) {
    if (!/^[a-zA-Z_]\w*$/.test(name)) {
      throw new ActionError(
        'bad-input',
        `The input 'labels' names '${name}', which cannot be a label's name.`,
        {
          remedy: "Use letters, digits and '_', as Prometheus does:  labels: team=photos",
        },
      );
    }
  }
  return given;
}
