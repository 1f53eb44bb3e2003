import { createHmac } from 'node:crypto';
import type { ActJob } from '../engine/act-log.js';
import type { Assertion } from '../scenarios/scenario.js';
import type { Notification } from '../services/inbox.js';
import type { EnvironmentView } from './environment-view.js';
import type { Observation } from './observation.js';

/** Where Alertmanager's own receiver is, in the inbox. */
export const onCallPath = '/on-call';

/** The alert that actions/notify opens and resolves. */
const pipelineAlert = '"alertname":"PipelineFailed"';

/** What is known once a push has been carried. */
export interface Evidence {
  readonly before: Observation;
  readonly after: Observation;
  readonly jobs: readonly ActJob[];
  /** Of the image that the run says it built; '' for none. */
  readonly digest: string;
  /** The key that the webhook's messages are signed with. */
  readonly webhookKey: string;
  /** Environment → what went wrong when a photo was uploaded and read back; undefined for nothing. */
  readonly photos: ReadonlyMap<string, string | undefined>;
}

/** One assertion, as it was found. */
export interface Verdict {
  readonly claim: string;
  /** Undefined when the claim holds; otherwise what was seen instead. */
  readonly instead: string | undefined;
}

/** Holds an assertion against the evidence. Pure. */
export function judge(assertion: Assertion, evidence: Evidence): Verdict {
  const { before, after } = evidence;
  switch (assertion.kind) {
    case 'runs-this-push': {
      const view = after.environments[assertion.environment];
      return {
        claim: `${assertion.environment} runs the digest that was built and that the registry has`,
        instead: runsDigest(view, evidence),
      };
    }
    case 'runs-what-ran-before':
      return {
        claim: `${assertion.environment} runs the release from before the push, and is ready`,
        instead: sameTemplate(
          before.environments[assertion.environment],
          after.environments[assertion.environment],
        ),
      };
    case 'untouched':
      return {
        claim: `${assertion.environment} is untouched: the same pods as before the push`,
        instead: samePods(
          before.environments[assertion.environment],
          after.environments[assertion.environment],
        ),
      };
    case 'keeps-photos':
      return {
        claim: `${assertion.environment} answers through the cluster, and an uploaded photo is read back`,
        instead: evidence.photos.has(assertion.environment)
          ? evidence.photos.get(assertion.environment)
          : 'it was not tried',
      };
    case 'nothing-built':
      return { claim: 'the registry holds nothing new', instead: newImages(before, after) };
    case 'told':
      return {
        claim: `${assertion.path} was told (${assertion.words.join(', ')}) and answered ${assertion.answered}`,
        instead: notTold(assertion, before, after),
      };
    case 'signed':
      return {
        claim: `${assertion.path} can tell by its signature who sent the message`,
        instead: notSigned(messagesTo(assertion.path, before, after), evidence.webhookKey),
      };
    case 'alert':
      return {
        claim: assertion.open
          ? 'Alertmanager holds the alert of the failed run, and on-call was told'
          : 'Alertmanager holds no alert of the pipeline, and on-call knows of none',
        instead: otherAlert(after, assertion.open),
      };
    case 'says':
      return {
        claim: `the ${assertion.stage} stage says why: ${assertion.words.join(', ')}`,
        instead: notSaid(stageJobs(evidence.jobs, assertion.stage), assertion.words),
      };
    case 'gives-up-before':
      return {
        claim: `the ${assertion.stage} stage gives up within ${assertion.seconds} s`,
        instead: tooSlow(stageJobs(evidence.jobs, assertion.stage), assertion.seconds),
      };
  }
}

function runsDigest(view: EnvironmentView, { digest, after }: Evidence): string | undefined {
  if (digest === '') return 'the run names no digest';
  if (![...after.images.values()].includes(digest)) return `the registry has no ${digest}`;
  const ready = view.pods.filter((pod) => pod.ready);
  if (ready.length === 0) return 'no pod is ready';
  const others = view.pods.filter((pod) => pod.digest !== digest);
  return others.length === 0 ? undefined : others.map((pod) => `${pod.name} runs ${pod.digest}`).join('; ');
}

function sameTemplate(before: EnvironmentView, after: EnvironmentView): string | undefined {
  const known = new Set(before.pods.map((pod) => `${pod.templateHash} ${pod.digest}`));
  if (known.size === 0) return 'nothing ran before the push';
  if (!after.pods.some((pod) => pod.ready)) return 'no pod is ready';
  const others = after.pods.filter((pod) => !known.has(`${pod.templateHash} ${pod.digest}`));
  return others.length === 0 ? undefined : `${others.map((pod) => pod.name).join(', ')} came with the push`;
}

function samePods(before: EnvironmentView, after: EnvironmentView): string | undefined {
  const [old, now] = [before, after].map((view) =>
    view.pods
      .map((pod) => pod.uid)
      .sort()
      .join(),
  );
  return old === now ? undefined : `before: ${names(before)}; after: ${names(after)}`;
}

function names(view: EnvironmentView): string {
  return view.pods.map((pod) => pod.name).join(', ') || 'no pod';
}

function newImages(before: Observation, after: Observation): string | undefined {
  const added = [...after.images].filter(([tag, digest]) => before.images.get(tag) !== digest);
  return added.length === 0 ? undefined : added.map(([tag, digest]) => `${tag} → ${digest}`).join(', ');
}

function notTold(
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
function messagesTo(path: string, before: Observation, after: Observation): readonly Notification[] {
  return after.notifications.slice(before.notifications.length).filter((message) => message.path === path);
}

/** An alert that stays open is told once: what counts is the last that on-call heard. */
function otherAlert({ openAlerts, notifications }: Observation, open: boolean): string | undefined {
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
function notSigned(messages: readonly Notification[], key: string): string | undefined {
  if (messages.length === 0) return 'nothing reached it';
  const forged = messages.filter(({ headers, body }) => {
    const [, seconds, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-fairway-signature'] ?? '') ?? [];
    return (
      given === undefined || given !== createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')
    );
  });
  return forged.length === 0 ? undefined : `${forged.length} of ${messages.length} carry no valid signature`;
}

/** A stage is a job of cicd.yml: the job itself and the jobs of the workflow it calls. */
function stageJobs(jobs: readonly ActJob[], stage: string): readonly ActJob[] {
  return jobs.filter((job) => {
    const [, name] = job.name.split(' / ');
    return name === stage && !job.calls;
  });
}

function notSaid(jobs: readonly ActJob[], words: readonly string[]): string | undefined {
  const said = jobs
    .flatMap((job) => [...job.annotations.map((note) => note.message), ...job.summaries])
    .join('\n');
  const missing = words.filter((word) => !said.includes(word));
  return missing.length === 0
    ? undefined
    : `missing: ${missing.join(', ')}; it says: ${said.slice(0, 600) || 'nothing'}`;
}

function tooSlow(jobs: readonly ActJob[], seconds: number): string | undefined {
  const slow = jobs.filter((job) => job.seconds >= seconds);
  return slow.length === 0
    ? undefined
    : slow.map((job) => `${job.name} took ${job.seconds.toFixed(0)} s`).join(', ');
}
