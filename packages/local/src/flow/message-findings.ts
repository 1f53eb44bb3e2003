// What speaks against a claim about messages and logs; undefined when nothing does. All pure.
import { createHmac } from 'node:crypto';
import type { Assertion } from '../scenarios/scenario.js';
import type { Notification } from '../services/inbox.js';
import type { Evidence } from './evidence.js';
import type { Observation } from './observation.js';

/** Where Alertmanager's own receiver is, in the inbox. */
export const onCallPath = '/on-call';

/** The alert that actions/notify opens and resolves. */
const pipelineAlert = '"alertname":"PipelineFailed"';

export function notTold(
  told: Extract<Assertion, { kind: 'told' }>,
  before: Observation,
  after: Observation,
): string | undefined {
  const there = messagesTo(told.path, before, after);
  const fits = there.some(
    (notification) =>
      notification.status === told.answered && told.words.every((word) => notification.body.includes(word)),
  );
  if (fits) return undefined;
  return there.length === 0
    ? 'nothing reached it'
    : there.map((notification) => `${notification.status}: ${notification.body.slice(0, 300)}`).join('\n');
}

/** Since the push. */
export function messagesTo(path: string, before: Observation, after: Observation): readonly Notification[] {
  return after.notifications.slice(before.notifications.length).filter((message) => message.path === path);
}

/** An alert that stays open is told once: what counts is the last that on-call heard. */
export function otherAlert({ openAlerts, notifications }: Observation, open: boolean): string | undefined {
  if (openAlerts.length > 0 !== open) return `it holds [${openAlerts.join(', ')}]`;
  const last = notifications.findLast(
    ({ path, body }) => path === onCallPath && body.includes(pipelineAlert),
  );
  const firing = last?.body.includes('"status":"firing"') ?? false;
  return firing === open
    ? undefined
    : `the last that on-call heard is: ${last?.body.slice(0, 300) ?? 'nothing'}`;
}

/** As a receiver does it: `t=SECONDS,v1=HEX`, HEX being the HMAC-SHA256 of `SECONDS.BODY` (actions/notify/README.md). */
export function notSigned(messages: readonly Notification[], key: string): string | undefined {
  if (messages.length === 0) return 'nothing reached it';
  const forged = messages.filter(({ headers, body }) => {
    const [, seconds, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-fairway-signature'] ?? '') ?? [];
    return (
      given === undefined || given !== createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')
    );
  });
  return forged.length === 0 ? undefined : `${forged.length} of ${messages.length} carry no valid signature`;
}

export function placesOf(text: string, { transcript, jobs, after }: Evidence): string | undefined {
  const places = [
    ...(transcript.includes(text) ? ['the log'] : []),
    ...jobs
      .filter((job) => JSON.stringify([job.summaries, job.annotations]).includes(text))
      .map((job) => job.name),
    ...after.notifications.filter(({ body }) => body.includes(text)).map(({ path }) => path),
  ];
  return places.length === 0 ? undefined : `it is in ${places.join(', ')}`;
}
