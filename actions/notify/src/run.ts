import {
  ActionError,
  context,
  error,
  formatDuration,
  group,
  info,
  md,
  notice,
  warning,
  writeSummary,
} from '@fairway/action-kit';
import { type Delivery, deliver } from './delivery.js';
import type { Inputs } from './inputs.js';
import { headline, type Notification, notificationOf } from './notification.js';
import type { StepOutputs } from './result.js';
import { payloadFor, sinksFor } from './sinks.js';
import { post } from './transport.js';

/** Milliseconds before a sink is tried again. */
const FIRST_PAUSE = 500;

const HOW_TO_SET_ONE = 'Set slack-webhook, webhook-url or alertmanager-url, from secrets.';

/** The step: tell every sink, each by itself, and say who heard it. */
export async function notify(inputs: Inputs, outputs: StepOutputs): Promise<void> {
  const notification = notificationOf(inputs, context(), new Date());
  outputs.set('dedup-key', notification.dedupKey);
  const sinks = sinksFor(notification, inputs);
  info(headline(notification));
  if (sinks.length === 0) return nothingToTell(inputs, outputs);
  if (inputs.dryRun) {
    for (const { name } of sinks) await showPayload(name, notification, inputs);
    outputs.set('result', 'skipped');
    return;
  }
  const patience = { retries: inputs.retries, timeout: inputs.timeout, firstPause: FIRST_PAUSE };
  const deliveries = await Promise.all(sinks.map((sink) => deliver(sink, patience, post)));
  await tell(notification, deliveries, outputs);
  conclude(deliveries, inputs.failOn);
}

function nothingToTell(inputs: Inputs, outputs: StepOutputs): void {
  outputs.set('result', 'skipped');
  const silent = inputs.slackWebhook === '' && inputs.webhookUrl === '' && inputs.alertmanagerUrl === '';
  if (silent) notice(`No sink is set, so nobody is told. ${HOW_TO_SET_ONE}`);
  else info(`Nobody asked to hear of this (on: ${inputs.when}).`);
}

function showPayload(
  sink: 'slack' | 'webhook' | 'alertmanager',
  notification: Notification,
  inputs: Inputs,
): Promise<void> {
  return group(`What ${sink} would be sent`, async () => {
    info(JSON.stringify(payloadFor(sink, notification, inputs), undefined, 2));
  });
}

async function tell(
  notification: Notification,
  deliveries: readonly Delivery[],
  outputs: StepOutputs,
): Promise<void> {
  const delivered = deliveries.filter((delivery) => delivery.delivered);
  const failed = deliveries.filter((delivery) => !delivery.delivered);
  outputs.set('delivered', JSON.stringify(delivered.map(({ sink }) => sink)));
  outputs.set('failed', JSON.stringify(failed.map(({ sink, reason }) => ({ sink, reason }))));
  outputs.set('result', failed.length === 0 ? 'sent' : delivered.length === 0 ? 'failed' : 'partial');
  const rows = deliveries.map(({ sink, reason, attempts, duration }) => [
    md.code(sink),
    reason === undefined ? '✅ told' : `❌ ${md.text(reason)}`,
    String(attempts),
    formatDuration(duration),
  ]);
  const table = md.table(['sink', 'result', 'tries', 'time'], rows);
  await writeSummary(
    `${md.heading(3, headline(notification))}\n\n${md.text(notification.message)}\n\n${table}\n`,
  );
  for (const { sink, attempts, duration } of delivered) {
    info(`${sink}: told in ${formatDuration(duration)}${attempts > 1 ? ` at try ${attempts}` : ''}.`);
  }
}

/** Shows each failure with its mend, and fails the step where that is wanted: after every sink was tried. */
function conclude(deliveries: readonly Delivery[], failOn: Inputs['failOn']): void {
  const failed = deliveries.filter((delivery) => !delivery.delivered);
  if (failed.length === 0) return;
  const fails = failOn === 'any' || (failOn === 'all' && failed.length === deliveries.length);
  const show = fails ? error : warning;
  for (const { sink, reason, remedy, attempts } of failed) {
    const tries = attempts > 1 ? ` (${attempts} tries)` : '';
    show(`${sink} was not told: ${reason}${tries}.\nWhat to do: ${remedy}`, { title: `Notify ${sink}` });
  }
  if (!fails) return;
  throw new ActionError(
    'not-delivered',
    `${failed.length} of ${deliveries.length} sinks did not hear of it: ${failed.map(({ sink }) => sink).join(', ')}.`,
    { remedy: 'See the messages above, one for each. Where this must not fail the job:  fail-on: never' },
  );
}
