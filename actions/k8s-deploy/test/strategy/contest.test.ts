import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../src/cluster/client.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { canaryOf } from '../../src/strategy/candidate.ts';
import { type Contender, lookAt } from '../../src/strategy/contest.ts';
import { TRACK } from '../../src/strategy/track.ts';
import { NO_ROUTING } from '../../src/strategy/traffic/routing.ts';
import { deployment } from '../objects.ts';

const contender = (name: string): Contender => ({
  candidate: canaryOf(deployment(name), 1),
  stable: deployment(name),
  services: [],
  routing: NO_ROUTING,
});
const pod = (app: string, ready: boolean): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${app}-1`, labels: { app, [TRACK]: 'canary' } },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

describe('how many pods of a new version are not ready', () => {
  it.each([
    ['none', [pod('web', true), pod('api', true)], 0],
    ['one of two', [pod('web', true), pod('api', false)], 1],
    ['one, where a Deployment has no pod any more', [pod('web', true)], 1],
    ['both, where there is no pod at all', [], 2],
  ])('%s', async (_, pods, unready) => {
    const list: KubeClient['list'] = async (_resource, _namespace, { labelSelector = '' } = {}) => ({
      items: pods.filter(
        ({ metadata }) =>
          labelSelector === `app=${metadata.labels?.app},${TRACK}=${metadata.labels?.[TRACK]}`,
      ),
      resourceVersion: '1',
    });
    const client = { list } as KubeClient;
    const look = await lookAt(client, 'web', 'stage', [contender('web'), contender('api')]);
    expect(look.unready).toBe(unready);
  });
});
