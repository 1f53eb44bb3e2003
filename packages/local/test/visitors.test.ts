import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { EnvironmentView, PodView } from '../src/flow/environment-view.ts';
import type { Observation } from '../src/flow/observation.ts';
import { rush } from '../src/flow/rush.ts';
import { keepVigil } from '../src/flow/vigil.ts';
import { visited } from '../src/flow/visitors.ts';
import { badMetrics } from '../src/scenarios/bad-metrics.ts';
import { crashLoop } from '../src/scenarios/crash-loop.ts';
import { pullRequest } from '../src/scenarios/pull-request.ts';

const pod = (name: string): PodView => ({
  name,
  uid: name,
  ready: true,
  digest: '',
  asked: '',
  templateHash: '',
});
const view = (clusterAddress: string, ...pods: readonly string[]): EnvironmentView => ({
  ...{ namespace: 'photo-app-production', clusterAddress, releases: [] },
  pods: pods.map(pod),
});

/** An app on loopback; `answer` gives the status of a path. @returns its address, and the paths that it was asked for */
async function app(answer: (path: string) => number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    request.resume().on('end', () => {
      response.statusCode = answer(path);
      response.end(JSON.stringify({ links: { thumbnail: '/photos/1/thumbnail' } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

it('counts every visitor that got no good answer, and none after its end', async () => {
  const { address, asked } = await app((path) => (path.startsWith('/photos') ? 500 : 200));
  const end = await keepVigil('/none', view(address, 'a'));
  await expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThan(7); // one of them only looked whether it is there
  const vigil = await end();
  expect(vigil.failures).toEqual(['answered 500']);
  expect(vigil.failed).toBe(asked.filter((path) => path.startsWith('/photos')).length);
  expect(vigil.asked).toBe(asked.length - 1);
  expect(await end()).toEqual(vigil);
});

it('sends visitors until all of more pods have answered some', async () => {
  const { address, asked } = await app((path) => (path.endsWith('thumbnail') ? 503 : 200));
  const before = view(address, 'a');
  const pods = [['a'], ['a', 'b'], ['a', 'b']];
  const answering = [['a'], ['a'], ['a', 'b']];
  const come = await rush('/none', before, {
    look: async () => view(address, ...(pods.shift() ?? [])),
    answering: async () => answering.shift() ?? [],
    everyMs: 50,
  });
  expect(come).toMatchObject({ pods: ['a', 'b'], served: ['a', 'b'] });
  expect(come.failures).toEqual([expect.stringMatching(/^\d+ × \/photos\/1\/thumbnail answered 503$/)]);
  expect(asked.filter((path) => path === '/photos?name=rush.png')).toHaveLength(come.asked);
});

it('sends nobody any more when what it looks at is gone', async () => {
  const { address, asked } = await app(() => 200);
  const gone = rush('/none', view(address, 'a'), {
    look: () => Promise.reject(new Error('taken down')),
    answering: async () => [],
    everyMs: 50,
  });
  await expect(gone).rejects.toThrow('taken down');
  const count = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toHaveLength(count);
});

it('has visitors wherever a canary or an assertion needs them', () => {
  const seen = (...pods: readonly string[]): Observation => ({
    environments: { staging: view('', 's'), production: view('', ...pods) },
    ...{ images: new Map(), notifications: [], openAlerts: [] },
  });
  expect([...visited(badMetrics, seen('p'))]).toEqual(['production']);
  expect([...visited(badMetrics, seen())]).toEqual([]); // a first release is tried beside nothing
  expect([...visited(crashLoop, seen('p'))]).toEqual(['staging']);
  expect([...visited(pullRequest, seen('p'))]).toEqual([]);
});
