import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySetId, parentObject, parentRef } from '../../src/apply/apply-set.ts';
import { readConflicts } from '../../src/apply/conflicts.ts';
import { differenceOf } from '../../src/apply/difference.ts';
import { each } from '../../src/apply/each.ts';
import { covers, needsOf, roleFor } from '../../src/apply/permissions.ts';
import { isProtected, leftBehind } from '../../src/apply/prune.ts';
import { keepScale } from '../../src/apply/scale.ts';
import { diffLines } from '../../src/apply/text-diff.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { refOf } from '../../src/cluster/object.ts';
import { configMap, deployment } from '../objects.ts';

describe('diffLines', () => {
  const side = (marks: string, before: string, after: string) =>
    diffLines(before, after, Number.POSITIVE_INFINITY)
      .filter(({ mark }) => marks.includes(mark))
      .map(({ text }) => text);

  it('holds both sides whole, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        fc.pre(a.join('\n') !== b.join('\n') && a.at(-1) !== '' && b.at(-1) !== '');
        expect(side(' -', a.join('\n'), b.join('\n'))).toEqual(a);
        expect(side(' +', a.join('\n'), b.join('\n'))).toEqual(b);
      }),
    );
  });

  it('is as short as it can be', () => {
    const marks = diffLines('a\nb\nc\nd\n', 'a\nc\nx\nd\n').map(({ mark }) => mark);
    expect(marks.join('')).toBe(' - + ');
  });

  it('is empty for what is the same', () => {
    expect(diffLines('a\nb\n', 'a\nb\n')).toEqual([]);
  });

  it('leaves out what is far from a change', () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\n');
    const lines = diffLines(before, before.replace('line 10', 'changed'));
    expect(lines.map(({ mark }) => mark).join('')).toBe('@   -+   @');
  });
});

describe('differenceOf', () => {
  const secret = (value: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { password: value },
  });
  const changed = (before: KubeObject, after: KubeObject) =>
    differenceOf({ ref: refOf(after), action: 'changed', before, after });

  it('never shows a value of a Secret, but that it changed', async () => {
    const text = await changed(secret('aHVudGVyMg=='), secret('czNjcjN0'));
    expect(text).not.toMatch(/aHVudGVyMg|czNjcjN0/);
    expect(text).toMatch(/^-\s+password: \(hidden\) [0-9a-f]{8}$/m);
    expect(text).toMatch(/^\+\s+password: \(hidden\) [0-9a-f]{8}$/m);
  });

  it('leaves out what the server keeps for itself', async () => {
    const server = (version: string): KubeObject => ({
      ...configMap('a', { K: 'v' }),
      metadata: {
        name: 'a',
        resourceVersion: version,
        uid: 'u',
        generation: Number(version),
        managedFields: [version],
        annotations: { 'deployment.kubernetes.io/revision': version },
      },
      status: { seen: version },
    });
    expect(await changed(server('1'), server('2'))).toBe('');
  });
});

describe('keepScale', () => {
  const scaler = (name: string): KubeObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'stage' },
    spec: { minReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } },
  });
  const live = (replicas: number) => deployment('web', 'web', { replicas });
  it.each([
    ['what runs stays', [scaler('web')], live(7), 7],
    ['a new one starts at the minimum at least', [scaler('web')], undefined, 3],
    ['one scaled to nothing starts again', [scaler('web')], live(0), 3],
    ['no autoscaler, no say', [], live(7), 2],
    ['another one’s autoscaler', [scaler('other')], live(7), 2],
  ])('%s', (_, release, running, replicas) => {
    expect((keepScale(deployment('web'), release, running).spec as { replicas: number }).replicas).toBe(
      replicas,
    );
  });
});

describe('the ApplySet', () => {
  it('has the id that kubectl 1.32 gives to the same parent', () => {
    // kubectl apply --applyset=configmap/fairway.web -n aset
    expect(applySetId(parentRef('web', 'aset'))).toBe(
      'applyset-Hbsy3Zis3gacXJnw-0FAnFmoGxquUSwePyaJxO9C30Y-v1',
    );
  });

  it('names kinds with their groups, and other namespaces', () => {
    const parent = parentObject('web', 'stage', [
      deployment('d'),
      configMap('c'),
      configMap('m', {}, 'monitoring'),
    ]);
    expect(parent.metadata.annotations).toEqual({
      'applyset.kubernetes.io/tooling': 'fairway/v1',
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps',
      'applyset.kubernetes.io/additional-namespaces': 'monitoring',
    });
  });
});

describe('pruning', () => {
  it('finds what earlier revisions held, each once', () => {
    const earlier = [configMap('a'), configMap('b'), configMap('b')];
    expect(leftBehind(earlier, [configMap('a')]).map(({ name }) => name)).toEqual(['b']);
  });

  it.each([
    ['a claim', { ...configMap('a'), kind: 'PersistentVolumeClaim' }, true],
    ['a namespace', { ...configMap('a'), kind: 'Namespace' }, true],
    [
      'what says so',
      { ...configMap('a'), metadata: { name: 'a', annotations: { 'fairway-ci.github.io/protect': 'true' } } },
      true,
    ],
    [
      'what Helm keeps',
      { ...configMap('a'), metadata: { name: 'a', annotations: { 'helm.sh/resource-policy': 'keep' } } },
      true,
    ],
    ['not a ConfigMap', configMap('a'), false],
  ])('protects %s', (_, object, expected) => {
    expect(isProtected(object)).toBe(expected);
  });
});

it('reads who owns a field, as the API server of 1.34 says it', () => {
  const causes = [
    {
      reason: 'FieldManagerConflict',
      field: '.spec.replicas',
      message: 'conflict with "kube-controller-manager" with subresource "scale" using apps/v1',
    },
    {
      reason: 'FieldManagerConflict',
      field: '.spec.template',
      message: 'conflict with "kubectl-set" using apps/v1',
    },
    { reason: 'FieldValueInvalid', field: '.x', message: 'bad' },
  ];
  expect(readConflicts(causes)).toEqual([
    { field: '.spec.replicas', owner: 'kube-controller-manager / scale' },
    { field: '.spec.template', owner: 'kubectl-set' },
  ]);
});

describe('permissions', () => {
  const need = { group: 'apps', resource: 'deployments', verb: 'patch', namespace: 'stage' };
  const rule = { groups: ['apps'], resources: ['deployments'], verbs: ['patch'], restricted: false };
  it.each([
    ['to the letter', rule, true],
    ['by stars', { groups: ['*'], resources: ['*'], verbs: ['*'], restricted: false }, true],
    ['another verb', { ...rule, verbs: ['get'] }, false],
    ['another group', { ...rule, groups: [''] }, false],
    ['only for some names', { ...rule, restricted: true }, false],
  ])('%s', (_, given, expected) => {
    expect(covers(given, need)).toBe(expected);
  });

  it('a subresource is not covered by its resource', () => {
    const log = { ...need, group: '', resource: 'pods/log' };
    expect(covers({ ...rule, groups: [''], resources: ['pods'] }, log)).toBe(false);
    expect(covers({ ...rule, groups: [''], resources: ['*/log'] }, log)).toBe(true);
  });

  const targets = [{ apiVersion: 'apps/v1', plural: 'deployments', namespace: 'stage', awaited: true }];
  const verbs = (readOnly: boolean, resource: string) =>
    needsOf(targets, 'stage', { proxied: ['stage'], readOnly })
      .filter((n) => n.resource === resource)
      .map(({ verb }) => verb);

  it('a diff needs neither lease nor logs nor the right to delete', () => {
    expect(verbs(true, 'deployments')).toEqual(['get', 'list', 'create', 'patch']);
    expect([verbs(true, 'leases'), verbs(true, 'pods/log'), verbs(true, 'configmaps')]).toEqual([
      [],
      [],
      ['list'],
    ]);
  });

  it('a deployment needs no secrets', () => {
    expect(verbs(false, 'secrets')).toEqual([]);
    expect(verbs(false, 'services/proxy')).toEqual(['get']);
    expect(verbs(false, 'leases')).toEqual(['get', 'create', 'update']);
  });

  it('pods are watched where they run, and the history is kept at home', () => {
    const shop = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'shop', awaited: true };
    const secret = { apiVersion: 'v1', plural: 'secrets', namespace: 'shop', awaited: false };
    const needs = needsOf([shop, secret], 'stage', { proxied: [], readOnly: false });
    const places = (resource: string) => [
      ...new Set(needs.filter((one) => one.resource === resource).map(({ namespace }) => namespace)),
    ];
    expect(places('pods')).toEqual(['shop']);
    expect(places('events')).toEqual(['shop']);
    expect(places('replicasets')).toEqual(['shop']);
    expect(places('leases')).toEqual(['stage']);
    // The record of a release with Secrets is one.
    expect(places('secrets').toSorted()).toEqual(['shop', 'stage']);
  });

  it('what is waited for has to be watched, also where it belongs to the whole cluster', () => {
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
    const targetsOf = (awaited: boolean) => [{ ...definition, namespace: undefined, awaited }];
    const of = (awaited: boolean) =>
      needsOf(targetsOf(awaited), 'stage', { proxied: [], readOnly: false })
        .filter(({ resource }) => resource === definition.plural)
        .map(({ verb }) => verb);
    expect(of(true)).toEqual(['get', 'patch', 'list', 'watch']);
    expect(of(false)).toEqual(['get', 'patch']);
    // It has no pods.
    const needs = needsOf(targetsOf(true), 'stage', { proxied: [], readOnly: false });
    expect(needs.filter(({ resource }) => resource === 'pods')).toEqual([]);
  });

  it('what is missing is a Role to paste', () => {
    expect(
      roleFor([
        need,
        { ...need, verb: 'get' },
        { group: '', resource: 'namespaces', verb: 'get', namespace: undefined },
      ]),
    ).toBe(
      [
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: Role',
        'metadata: { name: fairway-deployer, namespace: stage }',
        'rules:',
        '  - { apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch", "get"] }',
        '---',
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: ClusterRole',
        'metadata: { name: fairway-deployer }',
        'rules:',
        '  - { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] }',
      ].join('\n'),
    );
  });
});

describe('each', () => {
  it('does everything, at most eight at once', async () => {
    let now = 0;
    let most = 0;
    const done: number[] = [];
    await each(
      Array.from({ length: 30 }, (_, i) => i),
      async (item) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        done.push(item);
      },
    );
    expect([done.length, most]).toEqual([30, 8]);
  });

  it('begins nothing new after a failure, and tells it', async () => {
    const begun: number[] = [];
    const work = each(
      Array.from({ length: 30 }, (_, i) => i),
      async (item) => {
        begun.push(item);
        await new Promise((resolve) => setImmediate(resolve));
        if (item === 3) throw new Error('three');
      },
    );
    await expect(work).rejects.toThrow('three');
    expect(begun.length).toBeLessThan(30);
  });
});
