import { describe, expect, it } from 'vitest';
import { versionsIn } from '../../src/cluster/capabilities.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { readObjects } from '../../src/source/documents.ts';
import { helmArguments } from '../../src/source/helm.ts';
import { asLastHook, hookOf, isChartTest, isForElse, isHook, runsAnew } from '../../src/source/hooks.ts';
import { inWaves } from '../../src/source/order.ts';

const job = (name: string, annotations: Record<string, string> = {}, kind = 'Job'): KubeObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'v1',
  kind,
  metadata: { name, annotations },
});
const hook = (name: string, events: string, weight = '0', kind = 'Job') =>
  job(name, { 'helm.sh/hook': events, 'helm.sh/hook-weight': weight }, kind);
const order = (objects: readonly KubeObject[], occasion: 'install' | 'upgrade') =>
  inWaves(objects, occasion).map(({ phase, objects: members }) =>
    [phase, ...members.map(({ metadata }) => metadata.name)].join(' '),
  );

describe('hooks', () => {
  const all = [
    hook('both', 'pre-install,pre-upgrade'),
    hook('migrate', 'post-install, pre-upgrade', '5'),
    hook('account', 'post-install,pre-upgrade', '-5', 'ServiceAccount'),
    hook('once', 'post-install', '7'),
    hook('farewell', 'pre-delete'),
    hook('back', 'pre-rollback'),
    hook('check', 'test', '0', 'Pod'),
    job('ours', { 'fairway-ci.github.io/hook': 'post-deploy' }),
    job('plain'),
  ];

  it('an installation has its own', () => {
    expect(order(all, 'install')).toEqual([
      'before both',
      'release plain',
      'after account',
      'after ours',
      'after migrate',
      'after once',
    ]);
  });

  it('an upgrade has others, and the same object may come before', () => {
    expect(order(all, 'upgrade')).toEqual([
      'before account',
      'before both',
      'before migrate',
      'release plain',
      'after ours',
    ]);
  });

  it('a definition is never left out, whatever hook it once was', () => {
    expect(order([hook('crd', 'crd-install', '0', 'CustomResourceDefinition')], 'upgrade')).toEqual([
      'foundation crd',
    ]);
  });

  it('a weight beyond all bounds stays within its phase', () => {
    const wild = [
      hook('late', 'pre-upgrade', '999999'),
      job('plain'),
      hook('early', 'post-upgrade', '-999999'),
    ];
    expect(order(wild, 'upgrade')).toEqual(['before late', 'release plain', 'after early']);
  });

  it.each([
    ['Job', 'pre-upgrade', true, true],
    ['Pod', 'post-install', true, true],
    ['ConfigMap', 'pre-install', true, false],
    ['Job', 'pre-delete', false, false],
    ['Job', '', false, false],
  ])('a %s with the hook %j', (kind, events, is, runs) => {
    const object = events === '' ? job('x') : hook('x', events, '0', kind);
    expect([isHook(object), runsAnew(object)]).toEqual([is, runs]);
    expect(isForElse(object, 'upgrade')).toBe(events === 'pre-delete' || /install/.test(events));
  });

  it('goes when all went well only where its policy says so', () => {
    const of = (policy: string) =>
      hookOf(job('j', { 'helm.sh/hook': 'pre-upgrade', 'helm.sh/hook-delete-policy': policy }), 'upgrade');
    expect(
      [of('before-hook-creation,hook-succeeded'), of('hook-failed')].map((one) => one?.vanishes),
    ).toEqual([true, false]);
  });

  it("a chart's test, where it is asked for, comes after every other hook", () => {
    const test = hook('check', 'test-success', '-3', 'Pod');
    expect([isChartTest(test), isChartTest(hook('j', 'post-install'))]).toEqual([true, false]);
    expect(order([asLastHook(test), hook('late', 'post-upgrade', '900')], 'upgrade')).toEqual([
      'after late',
      'after check',
    ]);
  });
});

describe('helm is told everything by its argv', () => {
  const chart = {
    chart: 'chart/',
    repository: '',
    version: '',
    values: ['a.yaml', 'b; rm -rf'],
    set: ['replicas=3'],
    release: 'web',
    lookup: false,
    tests: false,
  };
  const capabilities = { kubeVersion: 'v1.34.4', apiVersions: ['v1', 'apps/v1'] };
  const target = { namespace: 'stage', occasion: 'upgrade' as const };
  const end = ['--values', 'a.yaml', '--values', 'b; rm -rf', '--set', 'replicas=3', '--', 'web', 'chart/'];
  const known = ['--kube-version', 'v1.34.4', '--api-versions', 'v1', '--api-versions', 'apps/v1'];
  const begin = ['template', '--namespace', 'stage', '--include-crds', '--skip-tests', '--is-upgrade'];

  it('for a rendering apart from the cluster', () => {
    expect(helmArguments(chart, target, { capabilities })).toEqual([...begin, ...known, ...end]);
  });

  it.each([
    [3, ['--dry-run=server', '--disable-openapi-validation', ...known]],
    [4, ['--dry-run=server', '--disable-openapi-validation', '--take-ownership']],
  ])('for lookups by Helm %i', (server, asked) => {
    expect(helmArguments(chart, target, { capabilities, server })).toEqual([...begin, ...asked, ...end]);
  });

  it('for a chart of a repository, with its tests, installed', () => {
    const args = helmArguments(
      { ...chart, chart: 'podinfo', repository: 'https://charts.example.com', version: '6.x', tests: true },
      { namespace: 'stage', occasion: 'install' },
      { capabilities: { kubeVersion: '', apiVersions: [] } },
    );
    const named = ['--repo', 'https://charts.example.com', '--version', '6.x'];
    expect(args).toEqual([
      ...['template', '--namespace', 'stage', '--include-crds'],
      ...named,
      ...end.slice(0, -1),
      'podinfo',
    ]);
  });

  it.each([
    ['oci://127.0.0.1:5000/charts/web', true],
    ['oci://localhost/charts/web', true],
    ['oci://localhost.example.com/charts/web', false],
    ['oci://ghcr.io/o/web', false],
  ])('a registry without TLS only on this machine: %s', (address, plain) => {
    const args = helmArguments({ ...chart, chart: address }, target, { capabilities });
    expect(args.includes('--plain-http')).toBe(plain);
  });
});

describe('what a cluster can do', () => {
  it('from aggregated discovery', () => {
    const kind = (name: string) => ({ responseKind: { kind: name } });
    const items = [
      { metadata: {}, versions: [{ version: 'v1', resources: [kind('Pod'), kind('Pod')] }] },
      { metadata: { name: 'apps' }, versions: [{ version: 'v1', resources: [kind('Deployment'), {}] }] },
    ];
    expect(versionsIn({ kind: 'APIGroupDiscoveryList', items })).toEqual([
      'v1',
      'v1/Pod',
      'apps/v1',
      'apps/v1/Deployment',
    ]);
  });

  it('from older servers, which name versions only', () => {
    const groups = [{ versions: [{ groupVersion: 'apps/v1' }, { groupVersion: 'apps/v1beta1' }] }];
    expect(versionsIn({ kind: 'APIGroupList', groups })).toEqual(['apps/v1', 'apps/v1beta1']);
    expect(versionsIn({ kind: 'APIVersions', versions: ['v1'] })).toEqual(['v1']);
    expect(versionsIn('nonsense')).toEqual([]);
  });
});

it('of two equal keys in what a chart renders the last one counts, as for Helm', async () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1", x: "2"}';
  expect((await readObjects(text, 'x', { doubleKeys: true }))[0]?.data).toEqual({ x: '2' });
});
