import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { which } from '@fairway/exec-kit';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { inNamespace, withoutServerFields } from '../../src/source/collect.ts';
import { readObjects, wholeOutput } from '../../src/source/documents.ts';
import { parseImage } from '../../src/source/image-choice.ts';
import { imagesOf, repositoryOf, withImages } from '../../src/source/images.ts';
import { readManifests } from '../../src/source/manifests.ts';
import { inTiers, inWaves } from '../../src/source/order.ts';
import { renderKustomize } from '../../src/source/rendering.ts';
import { configMap, deployment } from '../objects.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const kustomizer = (await which('kustomize')) ?? (await which('kubectl'));
const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);

describe('readObjects', () => {
  it('reads several documents, empty ones and lists', async () => {
    const text = [
      '# nothing but a comment',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}',
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n- {apiVersion: v1, kind: Service, metadata: {name: c}}',
    ].join('\n---\n');
    expect(names(await readObjects(text, 'x.yaml'))).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['a tab', 'a:\n\tb: 1', /^x\.yaml, line 2, column 1/],
    ['no object', 'replicas: 3', /document 1 is not a Kubernetes object/],
    ['a name to be made up', 'apiVersion: v1\nkind: Job\nmetadata: {generateName: x-}', /generateName/],
    ['a key twice', 'apiVersion: v1\nkind: A\nkind: B\nmetadata: {name: a}', /line 3/],
  ])('refuses %s with its place', async (_, text, message) => {
    await expect(readObjects(text, 'x.yaml')).rejects.toMatchObject({ code: 'bad-manifest', message });
  });

  it('reads modes and truths as kubectl does', async () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostNetwork: no, volumes: [{secret: {defaultMode: 0400}}]}';
    expect(await readObjects(text, 'x.yaml')).toMatchObject([
      { spec: { hostNetwork: false, volumes: [{ secret: { defaultMode: 256 } }] } },
    ]);
  });

  it.each(['', '""', '~'])('takes the namespace %j for none', async (namespace) => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: ${namespace}\n`;
    expect(await readObjects(text, 'x.yaml')).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    ]);
  });

  it('refuses aliases that multiply', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'])
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]`);
    await expect(readObjects(bomb.join('\n'), 'x.yaml')).rejects.toMatchObject({ code: 'bad-manifest' });
  });
});

describe('readManifests', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  mkdirSync(join(workspace, 'deploy/sub'), { recursive: true });
  const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
  writeFileSync(join(workspace, 'deploy/b.yaml'), object('b'));
  writeFileSync(join(workspace, 'deploy/sub/a.yml'), object('a'));
  writeFileSync(join(workspace, 'deploy/kustomization.yaml'), 'resources: [b.yaml]');
  writeFileSync(join(workspace, 'deploy/README.md'), 'no manifest');
  mkdirSync(join(workspace, 'empty'));
  symlinkSync('/etc/hostname', join(workspace, 'leak.yaml'));

  it('reads a folder in the order of its names, without what is none', async () => {
    expect(names(await readManifests(['deploy'], workspace))).toEqual(['b', 'a']);
  });

  it.each([
    ['deploi', 'missing-file'],
    ['empty', 'missing-file'],
    ['leak.yaml', 'bad-input'],
    ['../..', 'bad-input'],
  ])('refuses %s', async (path, code) => {
    await expect(readManifests([path], workspace)).rejects.toMatchObject({ code });
  });
});

describe('images', () => {
  it.each([
    ['web', 'web'],
    ['web:1.2', 'web'],
    ['registry:5000/team/web', 'registry:5000/team/web'],
    [`registry:5000/team/web:1@${digest}`, 'registry:5000/team/web'],
  ])('the repository of %s', (image, repository) => {
    expect(repositoryOf(image)).toBe(repository);
  });

  it('replaces wherever a PodSpec stands, and nowhere else', () => {
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'c', annotations: { image: 'web' } },
      spec: {
        jobTemplate: {
          spec: {
            template: {
              spec: {
                initContainers: [{ name: 'i', image: 'web:1' }],
                containers: [{ name: 'c', image: 'db:1' }],
              },
            },
          },
        },
      },
    };
    const custom = {
      apiVersion: 'x.io/v1',
      kind: 'Rollout',
      metadata: { name: 'r' },
      spec: { deep: [{ containers: [{ name: 'a', image: 'web' }] }] },
    };
    const choice = parseImage(`web=ghcr.io/o/web@${digest}`);
    const replaced = withImages([cron, custom, deployment('d', 'web:latest')], [choice]);
    expect(imagesOf(replaced)).toEqual(['db:1', `ghcr.io/o/web@${digest}`]);
    expect(replaced[0]?.metadata.annotations?.image).toBe('web');
  });

  it('an image that is mounted is one too', () => {
    const spec = {
      containers: [{ name: 'a', image: 'web:1' }],
      volumes: [
        { name: 'model', image: { reference: 'models/large:3', pullPolicy: 'Always' } },
        { name: 'scratch', emptyDir: {} },
        { name: 'web', image: {} },
      ],
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
    expect(imagesOf([pod])).toEqual(['models/large:3', 'web:1']);
    const [replaced] = withImages([pod], [parseImage(`models/large=ghcr.io/o/large@${digest}`)]);
    expect(replaced?.spec).toEqual({
      ...spec,
      volumes: [
        { name: 'model', image: { reference: `ghcr.io/o/large@${digest}`, pullPolicy: 'Always' } },
        ...spec.volumes.slice(1),
      ],
    });
  });

  it('says which images there are when one is not used', () => {
    const choice = parseImage(`app=ghcr.io/o/web@${digest}`);
    expect(() => withImages([deployment('d', 'web:latest')], [choice])).toThrow(
      /The manifests name: web:latest/,
    );
  });

  it.each([
    'web',
    'web=ghcr.io/o/web:latest',
    `=x@${digest}`,
    `web=ghcr.io/o/web@sha256:short`,
    'web=ghcr.io/o/web@',
  ])('refuses %s', (line) => {
    expect(() => parseImage(line)).toThrow(/name=registry\/repository@sha256/);
  });
});

describe('order', () => {
  const of = (kind: string, name: string, annotations: Record<string, string> = {}): KubeObject => ({
    apiVersion: kind === 'Job' ? 'batch/v1' : 'v1',
    kind,
    metadata: { name, annotations },
  });

  it('puts definitions first, hooks around, and waves between', () => {
    const waves = inWaves([
      of('Job', 'after', { 'helm.sh/hook': 'post-install,post-upgrade' }),
      of('Service', 'plain'),
      of('Service', 'second', { 'fairway-ci.github.io/wave': '2' }),
      of('Job', 'migrate', { 'fairway-ci.github.io/hook': 'pre-deploy' }),
      of('Job', 'before-that', { 'helm.sh/hook': 'pre-upgrade', 'helm.sh/hook-weight': '-5' }),
      of('CustomResourceDefinition', 'crd'),
      of('Pod', 'test', { 'helm.sh/hook': 'test' }),
    ]);
    expect(waves.map(({ objects }) => names(objects))).toEqual([
      ['crd'],
      ['before-that'],
      ['migrate'],
      ['plain'],
      ['second'],
      ['after'],
    ]);
  });

  it('makes settings and accounts before workloads', () => {
    const [wave] = inWaves([
      of('HorizontalPodAutoscaler', 'h'),
      of('Deployment', 'd'),
      of('ServiceAccount', 's'),
      of('ConfigMap', 'c'),
    ]);
    expect(inTiers(wave?.objects ?? []).map(names)).toEqual([
      ['s', 'c'],
      ['d', 'h'],
    ]);
  });
});

describe('inNamespace', () => {
  it.each([
    ['fills an empty one in', configMap('a', {}, undefined), true, true, 'stage'],
    ['keeps another where none is asked for', configMap('a', {}, 'other'), true, false, 'other'],
    ['takes it off what has none', configMap('a', {}, 'other'), false, true, undefined],
  ])('%s', (_, object, namespaced, strict, namespace) => {
    expect(inNamespace(object, 'stage', namespaced, strict).metadata.namespace).toBe(namespace);
  });

  it('refuses another one than the input says', () => {
    expect(() => inNamespace(configMap('a', {}, 'production'), 'stage', true, true)).toThrow(
      /'production'.*'stage'/,
    );
  });
});

it('an exported manifest loses what only the server writes', () => {
  const exported = {
    ...configMap('a'),
    status: {},
    metadata: { name: 'a', uid: 'u', resourceVersion: '1', managedFields: [], labels: { a: 'b' } },
  };
  expect(withoutServerFields(exported)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', labels: { a: 'b' } },
    data: {},
  });
});

describe('what a tool renders beyond what is kept', () => {
  it('is refused', () => {
    expect(wholeOutput({ stdout: 'a: 1', truncated: false }, 'chart web')).toBe('a: 1');
    expect(() => wholeOutput({ stdout: 'a: 1', truncated: true }, 'chart web')).toThrow(
      'chart web is larger than 20 MiB',
    );
  });

  it.runIf(kustomizer !== undefined)(
    'from a kustomization, whose first objects would be missing',
    async () => {
      const workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
      const map = (name: number) =>
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: `part-${name}` },
          data: { text: 'x'.repeat(900_000) },
        });
      writeFileSync(
        join(workspace, 'all.yaml'),
        Array.from({ length: 24 }, (_, i) => map(i)).join('\n---\n'),
      );
      writeFileSync(join(workspace, 'kustomization.yaml'), 'resources: [all.yaml]');
      await expect(renderKustomize(workspace, workspace)).rejects.toThrow(/larger than 20 MiB/);
    },
  );
});
