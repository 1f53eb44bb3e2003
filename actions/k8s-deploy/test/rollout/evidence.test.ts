import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../src/cluster/client.ts';
import { gatherEvidence } from '../../src/rollout/evidence.ts';
import type { Finding } from '../../src/rollout/finding.ts';

const finding: Finding = {
  code: 'crash-loop',
  workload: 'Deployment web',
  namespace: 'stage',
  pod: 'web-1',
  container: 'web',
  message: 'died',
  remedy: '',
  patienceMs: 0,
};

/** A cluster that answers each log with its path, and lists no event. */
function cluster() {
  const paths: string[] = [];
  const connection = {
    bytes: async ({ path }: { path: string }) => {
      paths.push(path);
      return Buffer.from(`log of ${path}`);
    },
  };
  const list = async () => ({ items: [], resourceVersion: '1' });
  return { paths, client: { connection, list } as unknown as KubeClient };
}

describe('evidence', () => {
  it('is what the container said, before and now, once for each container', async () => {
    const { client, paths } = cluster();
    const [found, ...others] = await gatherEvidence(client, [finding, { ...finding, pod: 'web-2' }], 'full');
    expect(others).toEqual([]);
    expect(found).toMatchObject({ finding, isWithheld: false });
    expect(found?.log).toContain('/namespaces/stage/pods/web-1/log?container=web');
    expect(found?.previousLog).toContain('previous=true');
    expect(paths).toHaveLength(2);
  });
  it('is not even read where it must not be shown', async () => {
    const { client, paths } = cluster();
    const found = await gatherEvidence(client, [finding], 'none');
    expect(found).toEqual([{ finding, previousLog: '', log: '', events: [], isWithheld: true }]);
    expect(paths).toEqual([]);
  });
});
