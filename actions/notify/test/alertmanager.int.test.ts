import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leadPath } from '@fairway/local';
import { runBundle } from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const action = join(import.meta.dirname, '..');
const tools = await leadPath('node-services');

interface Shown {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

describe('a real Alertmanager', () => {
  let url = '';
  let stop = async () => {};

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairway-alertmanager-'));
    await writeFile(join(folder, 'config.yml'), 'route: { receiver: none }\nreceivers: [{ name: none }]\n');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const child = spawn(
      tools.path('node-services', 'usr/bin/prometheus-alertmanager'),
      [
        `--config.file=${join(folder, 'config.yml')}`,
        `--storage.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    stop = async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    };
    for (let tries = 0; tries < 100 && !(await isReady(url)); tries++) await sleep(100);
  }, 30_000);
  afterAll(() => stop());

  const alerts = async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as Shown[];
  const tell = (status: string, runId: number, environment = 'production') =>
    runBundle({
      action,
      inputs: { status, environment, 'alertmanager-url': url, labels: 'team=photos' },
      github: { runId, sha: String(runId % 10).repeat(40) },
    });

  it('opens one alert for failures in a row, and the next success resolves it', {
    timeout: 30_000,
  }, async () => {
    expect((await tell('failure', 1001)).outputs.result).toBe('sent');
    const [first, ...none] = await alerts();
    expect(none).toEqual([]);
    expect(first?.labels).toMatchObject({
      alertname: 'PipelineFailed',
      environment: 'production',
      team: 'photos',
    });
    expect(Date.parse(first?.endsAt ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);

    await tell('failure', 1002);
    const again = await alerts();
    expect(again).toHaveLength(1);
    expect(again[0]?.startsAt).toBe(first?.startsAt);
    expect(again[0]?.annotations.run).toContain('/runs/1002');

    await tell('failure', 1003, 'staging');
    expect(await alerts()).toHaveLength(2);

    await tell('cancelled', 1004);
    expect(await alerts()).toHaveLength(2);

    expect((await tell('success', 1005)).outputs.result).toBe('sent');
    expect((await alerts()).map(({ labels }) => labels.environment)).toEqual(['staging']);
  });
});

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
