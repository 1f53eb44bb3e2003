import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { assess } from '../../src/rollout/assess.ts';
import { View } from '../../src/rollout/view.ts';
import { deployment } from '../objects.ts';

const rules = { crashLoopThreshold: 2, appearMs: 0, nodeMs: 2_000 };
const now = Date.parse('2026-01-01T00:01:00Z');

describe('a Job that its ttlSecondsAfterFinished takes away while others are waited for', () => {
  const job = (type?: 'Complete' | 'Failed'): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate', namespace: 'stage', uid: 'j', generation: 1 },
    spec: {},
    status: type ? { conditions: [{ type, status: 'True', reason: 'r', message: 'm' }] } : {},
  });
  const after = (last: KubeObject, relisted = false) => {
    const view = new View(new Date(0));
    view.take('jobs', { type: 'all', objects: [job()] });
    view.take('jobs', { type: 'set', object: last });
    view.take('jobs', { type: 'gone', object: last });
    if (relisted) view.take('jobs', { type: 'all', objects: [] });
    return assess([job()], view, rules, now)[0];
  };

  it('has ended as it ended', () => {
    expect(after(job('Complete'))).toMatchObject({ ready: true });
    expect(after(job('Complete'), true)).toMatchObject({ ready: true });
    expect(after(job('Failed'))?.findings).toMatchObject([{ code: 'job-failed' }]);
  });

  it('has not ended where somebody deleted it before', () => {
    expect(after(job())).toMatchObject({ ready: false, findings: [] });
  });
});

it('a Deployment that is paused never comes to its end, and says so', () => {
  const live = (paused: boolean): KubeObject => {
    const base = deployment('web', 'web:2', { paused });
    return {
      ...base,
      metadata: { ...base.metadata, uid: 'web', generation: 2 },
      status: { observedGeneration: 2, replicas: 2, updatedReplicas: 0, availableReplicas: 2 },
    };
  };
  const findings = (paused: boolean) => {
    const view = new View(new Date(0));
    view.take('deployments', { type: 'all', objects: [live(paused)] });
    return assess([live(paused)], view, rules, now)[0]?.findings;
  };
  expect(findings(true)).toMatchObject([
    { code: 'paused', remedy: expect.stringContaining('kubectl -n stage rollout resume deployment/web') },
  ]);
  expect(findings(false)).toEqual([]);
});
