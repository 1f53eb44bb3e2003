import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { addressIn } from '../../src/previews/address.ts';
import { fitForPreview } from '../../src/previews/fit.ts';
import { occasionOf } from '../../src/previews/occasion.ts';
import { endOf, MARKS, markedNamespace, previewIn } from '../../src/previews/ownership.ts';
import { fill } from '../../src/previews/preview-inputs.ts';
import { commentText, environmentFor } from '../../src/previews/telling.ts';
import { configMap } from '../objects.ts';

const owner = { release: 'web', repository: 'acme/photo-app' };
const made = markedNamespace(owner, 12, new Date('2026-01-08T00:00:00Z'));
const changed = (metadata: Partial<KubeObject['metadata']>): KubeObject => ({
  ...made,
  metadata: { ...made.metadata, ...metadata },
});
const labels = (more: Record<string, string>) => ({ labels: { ...made.metadata.labels, ...more } });
const annotations = (more: Record<string, string>) => ({
  annotations: { ...made.metadata.annotations, ...more },
});

describe('what a run is there for', () => {
  const pullRequest = {
    number: 12,
    title: '',
    url: '',
    author: '',
    headSha: '',
    headRef: '',
    baseSha: '',
    baseRef: '',
    fromFork: false,
  };
  it.each([
    [
      'a push to a pull request',
      { pullRequest, event: { action: 'synchronize' } },
      { kind: 'deploy', number: 12 },
    ],
    ['a closed one', { pullRequest, event: { action: 'closed' } }, { kind: 'remove', number: 12 }],
    [
      'a label on a closed one',
      { pullRequest, event: { action: 'labeled', pull_request: { state: 'closed' } } },
      { kind: 'remove', number: 12 },
    ],
    [
      'a fork’s',
      { pullRequest: { ...pullRequest, fromFork: true }, event: { action: 'opened' } },
      { kind: 'untrusted', number: 12 },
    ],
    [
      'Dependabot’s',
      { pullRequest: { ...pullRequest, author: 'dependabot[bot]' }, event: { action: 'closed' } },
      { kind: 'untrusted', number: 12 },
    ],
    ['a schedule', { event: {} }, { kind: 'sweep' }],
  ])('%s', (_, context, occasion) => {
    expect(occasionOf(context)).toEqual(occasion);
  });
});

describe('whose a namespace is', () => {
  it('is known by every mark and by its name', () => {
    expect(previewIn(made, owner)).toMatchObject({
      number: 12,
      expiresMs: Date.parse('2026-01-08T00:00:00Z'),
    });
    expect(previewIn(made, { ...owner, repository: 'Acme/Photo-App' })?.number).toBe(12);
  });

  it.each([
    ['another manager', changed(labels({ [MARKS.manager]: 'helm' }))],
    ['another release', changed(labels({ [MARKS.release]: 'api' }))],
    ['another repository', changed(annotations({ [MARKS.repository]: 'acme/other' }))],
    ['no repository', changed({ annotations: {} })],
    ['no number', changed(labels({ [MARKS.pull]: '' }))],
    ['a number that is none', changed(labels({ [MARKS.pull]: '12e1' }))],
    ['a number that is not its own', changed(labels({ [MARKS.pull]: '13' }))],
    ['another name', changed({ name: 'production' })],
    ['no labels', changed({ labels: {} })],
  ])('is not ours: %s', (_, namespace) => {
    expect(previewIn(namespace, owner)).toBeUndefined();
  });

  it('is nobody’s outside a repository', () => {
    const nobody = { release: 'web', repository: '' };
    expect(previewIn(markedNamespace(nobody, 1, new Date()), nobody)).toBeUndefined();
  });

  const before = Date.parse('2026-01-07T00:00:00Z');
  const after = Date.parse('2026-01-09T00:00:00Z');
  it.each([
    ['open, in time', made, 'open', before, undefined],
    ['closed', made, 'closed', before, 'closed'],
    ['open, too old', made, 'open', after, 'expired'],
    ['unknown', made, 'unknown', before, undefined],
    ['unknown, too old', made, 'unknown', after, 'expired'],
    ['open, without a time', changed(annotations({ [MARKS.expires]: 'soon' })), 'open', after, undefined],
    [
      'protected',
      changed(annotations({ 'fairway-ci.github.io/protect': 'true' })),
      'closed',
      after,
      undefined,
    ],
    ['on its way out', changed({ deletionTimestamp: '2026-01-01T00:00:00Z' }), 'closed', after, undefined],
  ] as const)('ends: %s', (_, namespace, pull, now, end) => {
    const preview = previewIn(namespace, owner);
    expect(preview && endOf(preview, pull, now)).toBe(end);
  });
});

describe('what is deployed', () => {
  const ingress: KubeObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'web-pr-12' },
    spec: {
      rules: [{ host: 'photos.example.com', http: {} }],
      tls: [{ hosts: ['photos.example.com'], secretName: 's' }],
    },
  };
  const route: KubeObject = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'web-pr-12' },
    spec: { hostnames: ['photos.example.com'], rules: [] },
  };

  it('routes get the host of the pull request', () => {
    const host = 'pr-12.preview.example.com';
    expect(fitForPreview([configMap('a'), ingress, route], host)).toEqual([
      configMap('a'),
      { ...ingress, spec: { rules: [{ host, http: {} }], tls: [{ hosts: [host], secretName: 's' }] } },
      { ...route, spec: { hostnames: [host], rules: [] } },
    ]);
    expect(fitForPreview([ingress], '')).toEqual([ingress]);
    expect(() => fitForPreview([configMap('a')], host)).toThrow(/no Ingress and no HTTPRoute/);
  });

  it('nothing that all would share', () => {
    const shared = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'web' },
    };
    expect(() => fitForPreview([shared], '')).toThrow(/ClusterRole web belongs to the whole cluster/);
  });

  it('names are made of the number alone', () => {
    expect(fill('pr-{number}.{namespace}.example.com', 'web', 12)).toBe('pr-12.web-pr-12.example.com');
    expect(environmentFor({ environment: '' }, 12)).toBe('preview-pr-12');
    expect(environmentFor({ environment: 'review' }, 12)).toBe('review-pr-12');
  });
});

describe('the address', () => {
  const ingress = (host: string, tls: object[] = []) => ({
    ...configMap('i'),
    spec: { rules: [{ host }], tls },
  });
  const service = (entry: object, port: number) => ({
    ...configMap('s'),
    spec: { ports: [{ port }] },
    status: { loadBalancer: { ingress: [entry] } },
  });
  it.each([
    ['none', [], [configMap('s')], ''],
    ['a host', [ingress('a.example.com')], [service({ ip: '10.0.0.1' }, 80)], 'http://a.example.com'],
    ['a host with a certificate', [ingress('a.example.com', [{}])], [], 'https://a.example.com'],
    ['a load balancer', [ingress('')], [service({ ip: '10.0.0.1' }, 80)], 'http://10.0.0.1'],
    ['its name and port', [], [service({ hostname: 'lb.example.com' }, 8080)], 'http://lb.example.com:8080'],
    ['TLS', [], [service({ ip: 'fd00::1' }, 443)], 'https://[fd00::1]'],
  ])('%s', (_, ingresses, services, url) => {
    expect(addressIn(ingresses, services)).toBe(url);
  });
});

describe('the comment', () => {
  const commit = 'a'.repeat(40);
  it('says where it is, or why it is not', () => {
    const until = new Date('2026-01-08T12:34:56Z');
    const ready = commentText(
      { state: 'ready', commit, url: 'https://pr-1.example.com', until },
      'web',
      1,
      'https://run',
    );
    expect(ready).toContain('](<https://pr-1.example.com/>)');
    expect(ready).toContain('2026-01-08 12:34 UTC');
    expect(commentText({ state: 'ready', commit, url: '', until }, 'web', 1, '')).toContain(
      '--namespace web-pr-1',
    );
    const reason = '<img src=x> @all [x](http://evil)';
    const failed = commentText({ state: 'failed', commit, reason }, 'web', 1, 'https://run');
    expect(failed).not.toContain('<img');
    expect(failed).not.toMatch(/\]\(<?http:\/\/evil/);
    expect(commentText({ state: 'removed', why: 'expired' }, 'web', 1, 'https://run')).toContain(
      'its time is up',
    );
  });
});
