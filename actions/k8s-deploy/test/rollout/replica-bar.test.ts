import { describe, expect, it } from 'vitest';
import { progressOf } from '../../src/rollout/progress.ts';
import { replicaBar } from '../../src/rollout/replica-bar.ts';
import { deployment } from '../objects.ts';

/** The bar of a Deployment of so many wanted replicas whose status is as given. */
function barOf(replicas: number, status: Record<string, number>): string {
  const spec = { ...(deployment('web').spec as object), replicas };
  const object = { ...deployment('web', 'web', spec), status: { observedGeneration: 1, ...status } };
  return replicaBar(progressOf(object).detail);
}

describe('a bar of replicas', () => {
  it.each([
    ['nothing yet', 3, { replicas: 3, updatedReplicas: 0, availableReplicas: 3 }, '□□□···'],
    ['half-way', 3, { replicas: 4, updatedReplicas: 2, availableReplicas: 3 }, '■■□··'],
    ['all there, not all ready', 3, { replicas: 3, updatedReplicas: 3, availableReplicas: 1 }, '■□□'],
    ['done', 2, { replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, '■■'],
  ])('shows %s', (_name, wanted, status, bar) => expect(barOf(wanted, status)).toBe(bar));
  it('of many stays short, and loses nobody', () => {
    const bar = barOf(1000, { replicas: 1001, updatedReplicas: 1, availableReplicas: 1000 });
    expect(bar.length).toBeLessThanOrEqual(26);
    expect(bar).toMatch(/^■+□+·+$/);
  });
  it.each(['', 'ready', 'not looked at by its controller yet', 'Pending'])('of %j is none', (detail) =>
    expect(replicaBar(detail)).toBe(''),
  );
});
