import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '@fairway/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../src/address.js';
import { alertFor, alertsEndpoint } from '../src/alertmanager.js';
import { notificationOf } from '../src/notification.js';
import { slackPayload, slackRefusal } from '../src/slack.js';
import { webhookHeaders, webhookPayload } from '../src/webhook.js';
import { someNotification } from './some.js';

interface Text {
  readonly type: string;
  readonly text: string;
}
interface Block {
  readonly type: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly Text[];
}

function blocksOf(part: Parameters<typeof someNotification>[0]): readonly Block[] {
  return JSON.parse(JSON.stringify(slackPayload(someNotification(part)))).blocks;
}

const textsOf = (blocks: readonly Block[]): Text[] =>
  blocks.flatMap((block) => [
    ...(block.text ? [block.text] : []),
    ...(block.fields ?? []),
    ...(block.elements ?? []),
  ]);

describe('Slack', () => {
  it('says what, where and who', () => {
    const all = JSON.stringify(slackPayload(someNotification()));
    for (const word of [
      '❌ acme/photo-app main failed',
      'staging failed',
      '❌ staging',
      'octocat',
      '|Run>',
      'photos',
    ]) {
      expect(all).toContain(word);
    }
  });

  it('lets nothing from outside mention, link or break out', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '<',
            '>',
            '!',
            '|',
            '&',
            '@',
            'channel',
            '\n',
            '"',
            '*',
            'https://evil.example',
          ),
        }),
        (hostile) => {
          const part = {
            title: hostile,
            message: hostile,
            branch: hostile,
            actor: hostile,
            image: hostile,
            labels: { x: hostile },
          };
          const payload = JSON.parse(JSON.stringify(slackPayload(someNotification(part))));
          const formatted = [
            payload.text,
            ...textsOf(payload.blocks)
              .filter(({ type }) => type === 'mrkdwn')
              .map(({ text }) => text),
          ];
          // The only angle brackets left are those of our own links.
          for (const text of formatted) {
            const rest = text.replace(/<https:\/\/(github\.com|staging\.example)[^<>|]*\|[A-Za-z ]+>/g, '');
            expect(rest).not.toMatch(/[<>]/);
          }
        },
      ),
    );
  });

  it('calls nobody and links nothing where Markdown is read in the text', () => {
    const hostile = '@channel @all [log in](https://evil.example) ![x](https://evil.example/x.png) [a][b]';
    const jobs = [{ name: hostile, result: 'failure' as const }];
    const { text } = slackPayload(someNotification({ title: hostile, message: hostile, jobs }));
    expect(text).not.toMatch(/@\w|\][([]/);
    expect(String(text).replaceAll('\u200b', '')).toContain(hostile); // to the eye it is what it was
  });

  it('stays within the limits of Block Kit', () => {
    const long = '&'.repeat(10_000);
    const labels = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`label${index}`, long]));
    const blocks = blocksOf({ title: long, message: long, image: long, labels });
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    for (const { fields } of blocks) expect(fields?.length ?? 0).toBeLessThanOrEqual(10);
    for (const { text } of textsOf(blocks)) expect(text.length).toBeLessThanOrEqual(3000);
    // An entity that is cut in half would show as garbage.
    for (const { text, type } of textsOf(blocks))
      if (type === 'mrkdwn') expect(text).not.toMatch(/&[a-z]{0,3}…$/);
  });

  it('leaves out links that are none', () => {
    const text = JSON.stringify(blocksOf({ url: 'javascript:alert(1)', runUrl: 'nonsense' }));
    expect(text).not.toContain('javascript');
    expect(text).not.toContain('|Run>');
  });

  it.each<[string, string, boolean]>([
    ['ok', 'text/html', false],
    ['ok', 'text/plain', true],
    ['', '', true],
    ['1', '', true],
    ['{"ok":true}', 'application/json', true],
    ['{"ok":false,"error":"invalid_auth"}', 'application/json', false],
    ['{"error":"channel_not_found"}', 'application/json', false],
    ['{"success":false}', 'application/json', false],
    ['no_service', 'text/plain', false],
    [
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
      '',
      false,
    ],
    ['<!DOCTYPE html><title>Log in</title>', '', false],
  ])('a 200 with %j as %s is a delivery: %j', (body, contentType, delivered) => {
    expect(slackRefusal({ status: 200, contentType, body }) === undefined).toBe(delivered);
  });
});

describe('the signed webhook', () => {
  const at = new Date('2026-11-24T07:00:00.000Z');

  it('can be verified as the documentation says', () => {
    const body = JSON.stringify(webhookPayload(someNotification()));
    const headers = webhookHeaders(body, 'the secret', at);
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-fairway-signature'] ?? '') ?? [];
    expect(Number(seconds)).toBe(at.getTime() / 1000);
    expect(hex).toBe(createHmac('sha256', 'the secret').update(`${seconds}.${body}`).digest('hex'));
  });

  it('has no signature without a secret, and another id each time', () => {
    const [a, b] = [webhookHeaders('{}', '', at), webhookHeaders('{}', '', at)];
    expect(a['x-fairway-signature']).toBeUndefined();
    expect(a['x-fairway-delivery']).not.toBe(b['x-fairway-delivery']);
  });

  it('keeps its shape', () => {
    expect(webhookPayload(someNotification())).toMatchObject({
      version: 1,
      status: 'failure',
      environment: 'staging',
      run: { id: 1000, attempt: 1, url: expect.stringContaining('/runs/1000') },
      jobs: [
        { name: 'test', result: 'success' },
        { name: 'staging', result: 'failure' },
      ],
      dedupKey: 'd'.repeat(32),
      at: '2026-11-24T07:00:00.000Z',
    });
  });
});

describe('the alert', () => {
  const failed = alertFor(someNotification(), 3_600_000);
  const mended = alertFor(
    someNotification({ status: 'success', runId: 2000, commit: 'e'.repeat(40), message: 'x' }),
    3_600_000,
  );

  it('opens on failure, for its time', () => {
    expect(failed).toMatchObject({
      startsAt: '2026-11-24T07:00:00.000Z',
      endsAt: '2026-11-24T08:00:00.000Z',
    });
    expect(failed?.annotations.description).toContain('staging failed');
  });

  it('is resolved by a later success with the same labels', () => {
    expect(mended?.labels).toEqual(failed?.labels);
    expect(mended?.endsAt).toBe('2026-11-24T07:00:00.000Z');
    expect(mended).not.toHaveProperty('startsAt');
  });

  it('of a pull request is another one than that of a branch with its name', () => {
    const about = { number: 7, title: 'x', url: 'https://github.com/acme/photo-app/pull/7' };
    const proposed = alertFor(someNotification({ status: 'success', pullRequest: about }), 1);
    expect(proposed?.labels).toMatchObject({ branch: 'main', pull_request: '7' });
    expect(proposed?.labels).not.toEqual(failed?.labels);
    const inputs = {
      status: 'failure',
      jobs: [],
      title: '',
      message: '',
      environment: '',
      image: '',
      url: '',
    } as const;
    const keyIn = (event: object, ref = 'main') => {
      const path = join(mkdtempSync(join(tmpdir(), 'fairway-event-')), 'event.json');
      writeFileSync(path, JSON.stringify(event));
      const run = context({
        GITHUB_REPOSITORY: 'acme/photo-app',
        GITHUB_REF_NAME: ref,
        GITHUB_EVENT_PATH: path,
      });
      return notificationOf({ ...inputs, labels: new Map() }, run, new Date()).dedupKey;
    };
    const fork = {
      pull_request: { number: 7, head: { ref: 'main', sha: 'f'.repeat(40) }, base: { ref: 'main' } },
    };
    expect(keyIn(fork, '7/merge')).not.toBe(keyIn({}));
    expect(keyIn(fork, '7/merge')).toBe(keyIn(fork, '7/merge'));
  });

  it('has no empty labels', () => {
    expect(Object.values(alertFor(someNotification({ environment: '' }), 1)?.labels ?? {})).not.toContain('');
  });

  it.each(['cancelled', 'skipped'] as const)('says nothing of what was %s', (status) => {
    expect(alertFor(someNotification({ status }), 1)).toBeUndefined();
  });

  it.each([
    ['https://am.example', 'https://am.example/api/v2/alerts'],
    ['https://am.example/', 'https://am.example/api/v2/alerts'],
    ['https://am.example/alertmanager/', 'https://am.example/alertmanager/api/v2/alerts'],
    ['https://am.example/api/v2', 'https://am.example/api/v2/alerts'],
    ['https://am.example/api/v2/alerts', 'https://am.example/api/v2/alerts'],
  ])('%s is told at %s', (server, expected) => expect(alertsEndpoint(new URL(server)).href).toBe(expected));
});

describe('addresses', () => {
  it.each<[string, boolean, RegExp | undefined]>([
    ['https://hooks.slack.com/services/T/B/x', false, undefined],
    ['http://127.0.0.1:1234/x', false, undefined],
    ['http://localhost/x', false, undefined],
    ['http://[::1]:80/x', false, undefined],
    ['http://alertmanager:9093', true, undefined],
    ['http://alertmanager:9093', false, /is http/],
    ['http://127.0.0.1.evil.example', false, /is http/],
    ['ftp://x', false, /not an http/],
    ['"https://quoted"', false, /not an http/],
    ['hooks.slack.com/services', false, /not an http/],
    ['https://outlook.office.com/webhook/1', false, /Office 365/],
    ['https://acme.webhook.office.com/webhookb2/1', false, /Office 365/],
    ['https://notwebhook.office.com/', false, undefined],
  ])('%s, http allowed %j', (value, allowHttp, refused) => {
    const read = () => addressOf('webhook-url', value, allowHttp);
    if (refused === undefined) expect(read().url.href).toContain(new URL(value).host);
    else expect(read).toThrow(refused);
  });

  it('never shows a wrong address', () => {
    try {
      addressOf('slack-webhook', 'hooks/services/SECRET', false);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain('SECRET');
    }
  });

  it('turns credentials into a header', () => {
    const { url, headers } = addressOf('alertmanager-url', 'https://me:p%40ss@am.example/x', false);
    expect(url.href).toBe('https://am.example/x');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });
});
