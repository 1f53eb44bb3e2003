import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/cluster/api-error.ts';
import type { KubeClient } from '../../src/cluster/client.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { takeLease } from '../../src/release/lease.ts';
import { configMap } from '../objects.ts';

const holder = { release: 'web', namespace: 'stage', identity: 'run 7' };
const still = new AbortController().signal;

/** A lease that was given back, and is carried out when written, while the answer gets lost: its repetition finds a conflict. */
function withLostAnswer(writer: string): KubeClient {
  let lease: KubeObject = { ...configMap('fairway.web'), kind: 'Lease', spec: { holderIdentity: '' } };
  let writes = 0;
  const client: Pick<KubeClient, 'get' | 'replace'> & { connection: { now(): Date } } = {
    connection: { now: () => new Date() },
    get: async () => lease,
    replace: async (object) => {
      writes++;
      lease =
        writes === 1 ? { ...object, spec: { ...(object.spec as object), holderIdentity: writer } } : object;
      if (writes > 1) return lease;
      const answer = { status: 409, reason: 'Conflict', message: 'the object has been modified', causes: [] };
      throw new ApiError(answer, 'Updating Lease fairway.web');
    },
  };
  return client as KubeClient;
}

describe('taking a lease', () => {
  it('has succeeded though the answer was lost on the way', async () => {
    const lease = await takeLease(withLostAnswer('run 7'), holder, still);
    await lease.release();
    expect(lease.lost.aborted).toBe(false);
  });

  it('has not where another run was quicker, which is named', async () => {
    const taking = takeLease(withLostAnswer('run 8'), holder, still).then(() => 'taken');
    await expect(taking).rejects.toMatchObject({
      code: 'deploy-in-progress',
      message: expect.stringContaining('run 8'),
    });
  });
});
