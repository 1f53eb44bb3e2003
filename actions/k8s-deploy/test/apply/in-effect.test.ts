import { readFileSync } from 'node:fs';
import { at } from '@fairway/action-kit/tree';
import { describe, expect, it } from 'vitest';
import { isInEffect } from '../../src/apply/in-effect.ts';
import type { KubeObject } from '../../src/cluster/object.ts';
import { coloured } from '../../src/strategy/colour.ts';

/** As a real API server (1.34) answered after `kubectl apply --server-side --field-manager=fairway`. */
interface Recorded {
  readonly manifest: KubeObject;
  readonly live: KubeObject;
}
const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/apply/in-effect.json', import.meta.url), 'utf8'),
) as Recorded[];

function of(kind: string): Recorded {
  const found = recorded.find(({ manifest }) => manifest.kind === kind);
  if (!found) throw new Error(`no recorded ${kind}`);
  return structuredClone(found);
}

/** Sets what stands at a path, or deletes it. */
function change(object: object, path: string, value: unknown): void {
  const keys = path.split('/');
  const last = keys.pop() ?? '';
  const place = keys.reduce((inner, key) => (inner as Record<string, object>)[key] ?? {}, object);
  if (value === undefined) delete (place as Record<string, unknown>)[last];
  else (place as Record<string, unknown>)[last] = value;
}

const POD = 'spec/template/spec';

describe('what was applied and not touched since is in effect', () => {
  it.each(recorded.map(({ manifest, live }) => [manifest.kind, manifest, live] as const))(
    '%s',
    (_, manifest, live) => {
      expect(isInEffect(manifest, live)).toBe(true);
    },
  );

  it('also with what others have added', () => {
    const { manifest, live } = of('Deployment');
    const containers = (live.spec as { template: { spec: { containers: object[] } } }).template.spec
      .containers;
    containers.unshift({ name: 'mesh', image: 'mesh:1' });
    change(live, 'metadata/annotations', { 'deployment.kubernetes.io/revision': '1' });
    expect(isInEffect(manifest, live)).toBe(true);
  });
});

describe('what the manifest says otherwise is not', () => {
  it.each([
    ['Deployment', 'spec/replicas', 3],
    ['Deployment', 'spec/paused', false],
    ['Deployment', 'spec/replicas', undefined],
    ['Deployment', 'metadata/labels/more', 'x'],
    ['Deployment', 'metadata/labels', undefined],
    ['Deployment', `${POD}/containers/0/image`, 'web:2'],
    ['Deployment', `${POD}/containers/0/args`, ['8080', '--port']],
    ['Deployment', `${POD}/containers/0/env/0/value`, 'b'],
    ['Deployment', `${POD}/containers/0/env/1/valueFrom/fieldRef/fieldPath`, 'metadata.uid'],
    ['Deployment', `${POD}/containers/1/command`, []],
    ['Deployment', `${POD}/containers/2`, { name: 'third', image: 'third:1' }],
    ['Deployment', `${POD}/securityContext`, {}],
    ['StatefulSet', 'spec/volumeClaimTemplates/0/spec/resources/requests/storage', '2Gi'],
    ['Service', 'spec/ports/0/port', 81],
    ['Service', 'spec/ports/0/protocol', 'TCP'],
    ['ConfigMap', 'data/a', '2'],
    ['ConfigMap', 'metadata/finalizers', ['example.com/b']],
    ['Ingress', 'spec/rules/0/http/paths/0/path', '/other'],
    ['NetworkPolicy', 'spec/ingress', []],
    ['HorizontalPodAutoscaler', 'apiVersion', 'autoscaling/v1'],
  ])('%s: %s = %j', (kind, path, value) => {
    const { manifest, live } = of(kind);
    change(manifest, path, value);
    expect(isInEffect(manifest, live)).toBe(false);
  });

  it('nor is another order of what has an order', () => {
    const { manifest, live } = of('Deployment');
    const pod = (manifest.spec as { template: { spec: { containers: object[] } } }).template.spec;
    pod.containers.reverse();
    expect(isInEffect(manifest, live)).toBe(false);
  });

  it('a quantity written in another way is left to the server', () => {
    const { manifest, live } = of('Deployment');
    change(manifest, `${POD}/containers/0/resources/requests/cpu`, '0.01');
    expect(isInEffect(manifest, live)).toBe(false);
  });
});

describe('what somebody changed in the cluster is not', () => {
  it.each([
    ['Deployment', 'spec/replicas', 5],
    ['Deployment', `${POD}/containers/0/image`, 'evil:1'],
    ['Deployment', `${POD}/containers/1`, undefined],
    ['Deployment', 'metadata/labels/app', undefined],
    ['ConfigMap', 'data/a', undefined],
    ['ConfigMap', 'metadata/managedFields', undefined],
    ['ConfigMap', 'metadata/managedFields/0/manager', 'kubectl'],
    ['ConfigMap', 'metadata/managedFields/0/operation', 'Update'],
    // Taken over by another one, with the same value.
    ['ConfigMap', 'metadata/managedFields/0/fieldsV1/f:data/f:a', undefined],
    // A field that an earlier manifest had, and this one has not.
    ['ConfigMap', 'metadata/managedFields/0/fieldsV1/f:data/f:more', {}],
    ['NetworkPolicy', 'spec/ingress', []],
    // What is held as a whole has no fields of its own: only the value shows what an earlier manifest had in it.
    ['Service', 'spec/selector/tier', 'front'],
    ['Deployment', `${POD}/containers/0/env/1/valueFrom/fieldRef/apiVersion`, 'v2'],
    ['NetworkPolicy', 'spec/podSelector/matchLabels/tier', 'front'],
    ['NetworkPolicy', 'spec/ingress/0/from/0/podSelector/matchLabels', { app: 'shop' }],
    ['NetworkPolicy', 'spec/ingress/0/ports/0/endPort', 8090],
    ['NetworkPolicy', 'spec/ingress/0/ports/0/protocol', 'UDP'],
    ['StatefulSet', 'spec/volumeClaimTemplates/0/metadata/labels', { app: 'db' }],
  ])('%s: %s = %j', (kind, path, value) => {
    const { manifest, live } = of(kind);
    change(live, path, value);
    expect(isInEffect(manifest, live)).toBe(false);
  });

  it('nor is a Service that still has the colour of a release by blue-green', () => {
    const [service, deployment] = [of('Service'), of('Deployment')];
    const [turned] = coloured([service.manifest, deployment.manifest], 'r3');
    const live = { ...service.live, spec: { ...(service.live.spec as object), ...selectorOf(turned) } };
    expect(selectorOf(turned)).not.toEqual(selectorOf(service.manifest));
    expect(isInEffect(service.manifest, live)).toBe(false);
  });
});

function selectorOf(service: KubeObject | undefined): object {
  return { selector: at(service, 'spec', 'selector') };
}
