import { addressOf } from './address.js';
import { alertFor, alertsEndpoint } from './alertmanager.js';
import type { Inputs } from './inputs.js';
import type { Message, Sink } from './message.js';
import type { Notification } from './notification.js';
import { slackPayload, slackRefusal } from './slack.js';
import { webhookHeaders, webhookPayload } from './webhook.js';

/**
 * The sinks that are to hear of it. `on: failure` spares people the good news; Alertmanager hears of every success,
 * or no alert would ever be resolved.
 */
export function sinksFor(notification: Notification, inputs: Inputs): Sink[] {
  const wanted = inputs.when === 'always' || notification.status === 'failure';
  const sinks: Sink[] = [];
  if (inputs.slackWebhook !== '' && wanted) sinks.push(slack(notification, inputs));
  if (inputs.webhookUrl !== '' && wanted) sinks.push(webhook(notification, inputs));
  if (inputs.alertmanagerUrl !== '' && alertFor(notification, 0))
    sinks.push(alertmanager(notification, inputs));
  return sinks;
}

/** What each sink would be sent, for a dry run; without addresses and signatures. */
export function payloadFor(sink: Sink['name'], notification: Notification, inputs: Inputs): unknown {
  if (sink === 'slack') return slackPayload(notification);
  if (sink === 'webhook') return webhookPayload(notification);
  return [alertFor(notification, inputs.alertDuration)];
}

function slack(notification: Notification, inputs: Inputs): Sink {
  return {
    name: 'slack',
    message: () =>
      post('slack-webhook', inputs.slackWebhook, inputs, payloadFor('slack', notification, inputs)),
    refusal: slackRefusal,
  };
}

function webhook(notification: Notification, inputs: Inputs): Sink {
  return {
    name: 'webhook',
    message: () => {
      const payload = payloadFor('webhook', notification, inputs);
      const message = post('webhook-url', inputs.webhookUrl, inputs, payload);
      const signed = webhookHeaders(message.body, inputs.webhookSecret, notification.at);
      return { ...message, headers: { ...message.headers, ...signed } };
    },
    refusal: () => undefined,
  };
}

function alertmanager(notification: Notification, inputs: Inputs): Sink {
  return {
    name: 'alertmanager',
    message: () => {
      const payload = payloadFor('alertmanager', notification, inputs);
      const message = post('alertmanager-url', inputs.alertmanagerUrl, inputs, payload);
      return { ...message, url: alertsEndpoint(message.url) };
    },
    refusal: ({ contentType }) =>
      /html/i.test(contentType) ? 'it answered with a web page: the address is no Alertmanager' : undefined,
  };
}

function post(input: string, value: string, inputs: Inputs, payload: unknown): Message {
  const { url, headers } = addressOf(input, value, inputs.allowHttp);
  return {
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', accept: '*/*', ...headers },
    body: JSON.stringify(payload),
  };
}
