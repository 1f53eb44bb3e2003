import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { type BundleOptions, runBundle } from '@fairway/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { startProxy, startReceiver } from './receiver.js';

const action = join(import.meta.dirname, '..');
const needs = JSON.stringify({
  test: { result: 'success', outputs: {} },
  staging: { result: 'failure', outputs: {} },
});
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function receiver(answer?: RequestListener) {
  const started = await startReceiver(answer);
  closing.push(started.close);
  return started;
}

const notify = (inputs: Record<string, string | boolean>, options: Partial<BundleOptions> = {}) =>
  runBundle({ action, inputs, ...options });

const down: RequestListener = (_, response) => response.writeHead(500).end('down');

describe('the built action', () => {
  it('tells every sink at once', async () => {
    const all = await receiver();
    const result = await notify({
      needs,
      environment: 'staging',
      'slack-webhook': `${all.url}/slack/SECRET-PATH`,
      'webhook-url': `${all.url}/own`,
      'webhook-secret': 'a signing key',
      'alertmanager-url': `${all.url}/am`,
    });
    expect(result).toMatchObject({ exitCode: 0, problems: [], outputs: { result: 'sent', failed: '[]' } });
    expect(JSON.parse(result.outputs.delivered ?? '')).toEqual(['slack', 'webhook', 'alertmanager']);
    expect(all.received.map(({ path }) => path).sort()).toEqual([
      '/am/api/v2/alerts',
      '/own',
      '/slack/SECRET-PATH',
    ]);
    const own = all.received.find(({ path }) => path === '/own');
    const [, seconds, hex] = /t=(\d+),v1=(\w+)/.exec(String(own?.headers['x-fairway-signature'])) ?? [];
    expect(hex).toBe(createHmac('sha256', 'a signing key').update(`${seconds}.${own?.body}`).digest('hex'));
    expect(JSON.parse(own?.body ?? '')).toMatchObject({ status: 'failure', message: 'staging failed.' });
    // Every secret is masked before anything is printed, and nothing prints one.
    expect(result.masks).toEqual(expect.arrayContaining([`${all.url}/slack/SECRET-PATH`, 'a signing key']));
    expect(result.log + result.summary).not.toContain('SECRET-PATH');
  });

  it('lets no sink that is down hide the others', async () => {
    const [up, broken] = [await receiver(), await receiver(down)];
    const inputs = {
      needs,
      'slack-webhook': `${broken.url}/SECRET-PATH`,
      'webhook-url': up.url,
      retries: '1',
    };
    const result = await notify(inputs);
    expect(result).toMatchObject({ exitCode: 1, outputs: { result: 'partial', delivered: '["webhook"]' } });
    expect(JSON.parse(result.outputs.failed ?? '')).toEqual([
      { sink: 'slack', reason: "it answered 500 'down'" },
    ]);
    expect([up.received.length, broken.received.length]).toEqual([1, 2]);
    expect(result.log + result.summary).not.toContain('SECRET-PATH');
    const never = await notify({ ...inputs, 'fail-on': 'never' });
    expect(never).toMatchObject({ exitCode: 0, outputs: { result: 'partial' } });
    expect(
      never.commands.some(
        ({ name, message }) => name === 'warning' && message.startsWith('slack was not told'),
      ),
    ).toBe(true);
    expect((await notify({ ...inputs, 'fail-on': 'all' })).exitCode).toBe(0);
  });

  it('waits as long as it is asked to, and then is heard', async () => {
    let asked = 0;
    const busy = await receiver((_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end('ok');
    });
    const result = await notify({ status: 'success', 'slack-webhook': busy.url });
    expect(result).toMatchObject({ exitCode: 0, outputs: { result: 'sent' } });
    expect(result.log).toContain('trying again in 1.0 s');
  });

  it('gives up on one that never answers', async () => {
    const silent = await receiver(() => undefined);
    const result = await notify({
      status: 'success',
      'webhook-url': silent.url,
      retries: '0',
      timeout: '500ms',
    });
    expect(result).toMatchObject({ exitCode: 1, timedOut: false, outputs: { result: 'failed' } });
    expect(result.outputs.failed).toContain('no answer in time');
  });

  it.each<[string, RequestListener]>([
    [
      'never ends its answer',
      (_, response) => {
        response.write('o');
        const dripping = setInterval(() => response.write('.'), 50);
        response.on('close', () => clearInterval(dripping));
      },
    ],
    [
      'breaks off its answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('o');
        setTimeout(() => response.destroy(), 50);
      },
    ],
  ])('tells one that %s once: it has the message', async (_, answer) => {
    const taking = await receiver(answer);
    const result = await notify({ status: 'success', 'webhook-url': taking.url, timeout: '500ms' });
    expect(result).toMatchObject({ exitCode: 0, timedOut: false, outputs: { result: 'sent' } });
    expect(taking.received).toHaveLength(1);
  });

  it('masks what of an address a receiver may quote', async () => {
    const quoting = await receiver((request, response) =>
      response.writeHead(404).end(`no webhook ${request.url?.split('/').at(-1)}`),
    );
    const url = new URL(`${quoting.url}/services/T0123456789AB`);
    url.username = 'me';
    url.password = 'the p%ss';
    const result = await notify({ status: 'success', 'webhook-url': url.href });
    expect(result.outputs.result).toBe('failed');
    expect(result.masks).toEqual(
      expect.arrayContaining(['T0123456789AB', 'the p%ss', Buffer.from('me:the p%ss').toString('base64')]),
    );
    expect(result.masks).not.toContain('services');
  });

  it('does not follow a redirect with what it carries', async () => {
    const thief = await receiver();
    const moved = await receiver((_, response) => response.writeHead(307, { location: thief.url }).end());
    const result = await notify({ status: 'success', 'webhook-url': moved.url });
    expect(result.outputs.failed).toContain('it answered 307');
    expect(thief.received).toEqual([]);
  });

  it('goes through a proxy where the environment says so', async () => {
    const target = await receiver();
    const proxy = await startProxy(target.url);
    closing.push(proxy.close);
    const result = await notify(
      { status: 'success', 'webhook-url': 'http://hooks.example.test/here', 'allow-http': true },
      { env: { HTTP_PROXY: proxy.url } },
    );
    expect(result.outputs.result).toBe('sent');
    expect(proxy.asked).toEqual(['hooks.example.test:80']);
    expect(target.received.map(({ path }) => path)).toEqual(['/here']);
  });

  it('says what is wrong with an address, tells the others, and shows none', async () => {
    const up = await receiver();
    const result = await notify({
      status: 'success',
      'slack-webhook': 'hooks/SECRET-PATH',
      'webhook-url': up.url,
    });
    expect(result.outputs).toMatchObject({ result: 'partial', delivered: '["webhook"]' });
    expect(result.log).toContain("The secret in 'slack-webhook' is not an http(s) address");
    expect(result.log).not.toContain('SECRET-PATH');
  });

  it('spares people the good news where they want that, yet resolves the alert', async () => {
    const all = await receiver();
    const sinks = { 'slack-webhook': `${all.url}/slack`, 'alertmanager-url': all.url };
    const result = await notify({ ...sinks, status: 'success', on: 'failure' });
    expect(result.outputs.delivered).toBe('["alertmanager"]');
    expect((await notify({ ...sinks, status: 'cancelled', on: 'failure' })).outputs.result).toBe('skipped');
  });

  it('prints and sends nothing in a dry run', async () => {
    const all = await receiver();
    const result = await notify({
      needs,
      'dry-run': true,
      'slack-webhook': all.url,
      'alertmanager-url': all.url,
    });
    expect(result).toMatchObject({ exitCode: 0, outputs: { result: 'skipped', delivered: '[]' } });
    expect(result.log).toContain('"alertname": "PipelineFailed"');
    expect(all.received).toEqual([]);
  });

  it('has nobody to tell without sinks, and says so', async () => {
    const result = await notify({ needs });
    expect(result).toMatchObject({ exitCode: 0, outputs: { result: 'skipped' } });
    expect(result.commands.some(({ name }) => name === 'notice')).toBe(true);
  });

  it('cannot be made to run commands by what it tells', async () => {
    const all = await receiver();
    const hostile = '::set-env name=PATH::x\n##[add-path]/evil\n::add-mask::a';
    const result = await notify({
      status: 'failure',
      title: hostile,
      message: hostile,
      'dry-run': true,
      'slack-webhook': all.url,
    });
    expect(result.problems).toEqual([]);
    expect(result.masks).not.toContain('a');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['nothing to tell the status from', {}, /toJSON\(needs\)[\s\S]*job\.status/],
    ['needs that are none', { needs: '[]' }, /not the results of jobs/],
    ['a status that is none', { status: 'great' }, /'status' is 'great'/],
    ['a label that cannot be one', { status: 'success', labels: 'a-b=c' }, /'a-b'/],
  ])('%s is one clear error', async (_, inputs, message) => {
    const result = await notify(inputs);
    expect(result).toMatchObject({
      exitCode: 1,
      outputs: { result: 'failed', delivered: '[]', failed: '[]' },
    });
    const errors = result.commands.filter(({ name }) => name === 'error');
    expect(errors.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
  });
});
