import { parseImageName } from '@fairway/image-registry';
import { describe, expect, it, test } from 'vitest';
import { planCache } from '../src/build-cache.ts';
import { type BuildPlan, buildArguments, cacheRun, hiddenEnvironment } from '../src/build-plan.ts';

const image = parseImageName('ghcr.io/acme/app');
const plain: BuildPlan = {
  context: '/w',
  platforms: [],
  buildArgs: new Map(),
  hiddenArgs: new Set(),
  secrets: [],
  buildContexts: [],
  ssh: [],
  labels: new Map(),
  annotations: [],
  network: 'default',
  ulimits: [],
  noCache: false,
  pull: false,
  cacheFrom: [],
  cacheTo: [],
  provenance: 'false',
  sbom: false,
  sbomGenerator: '',
  references: [],
  destination: { kind: 'discard' },
  rewriteTimestamps: false,
  metadataFile: '/t/m.json',
};
const always = ['build', '--progress=rawjson'];

function added(plan: Partial<BuildPlan>): string[] {
  const base = buildArguments(plain);
  return buildArguments({ ...plain, ...plan }).filter((word) => !base.includes(word));
}

it('asks for no more than it must', () => {
  expect(buildArguments(plain)).toEqual([
    ...always,
    '--provenance=false',
    '--sbom=false',
    '--output',
    'type=image,push=false,oci-mediatypes=true',
    '--metadata-file',
    '/t/m.json',
    '/w',
  ]);
});

it('keeps the cache by the same build with nothing else made of it', () => {
  const plan: BuildPlan = {
    ...plain,
    buildArgs: new Map([['A', '1']]),
    labels: new Map([['a', 'b']]),
    annotations: ['x=y'],
    noCache: true,
    pull: true,
    cacheTo: ['type=registry,ref=r'],
    provenance: 'max',
    sbom: true,
    references: ['ghcr.io/acme/app:main'],
    destination: { kind: 'layout', folder: '/t/layout' },
  };
  expect(buildArguments(cacheRun(plan))).toEqual([
    ...always,
    ...['--build-arg', 'A=1', '--label', 'a=b', '--cache-to', 'type=registry,ref=r'],
    ...[
      '--provenance=false',
      '--sbom=false',
      '--output',
      'type=cacheonly',
      '--metadata-file',
      '/t/m.json',
      '/w',
    ],
  ]);
});

test.each<[string, Partial<BuildPlan>, string[]]>([
  ['builder', { builder: 'b' }, ['--builder', 'b']],
  ['file and target', { file: '/w/D', target: 't' }, ['--file', '/w/D', '--target', 't']],
  ['platforms', { platforms: ['linux/amd64', 'linux/arm64'] }, ['--platform', 'linux/amd64,linux/arm64']],
  ['a build argument with a = in it', { buildArgs: new Map([['A', 'x=y z']]) }, ['--build-arg', 'A=x=y z']],
  ['labels', { labels: new Map([['a.b', 'c, "d"']]) }, ['--label', 'a.b=c, "d"']],
  [
    'a secret from a variable',
    { secrets: [{ id: 's', from: { env: 'TOKEN' } }] },
    ['--secret', 'id=s,env=TOKEN'],
  ],
  [
    'a secret from a file with a comma',
    { secrets: [{ id: 's', from: { file: '/w/a,b' } }] },
    ['--secret', 'id=s,"src=/w/a,b"'],
  ],
  ['network', { network: 'none' }, ['--network', 'none']],
  ['attestations', { provenance: 'max', sbom: true }, ['--provenance=mode=max', '--sbom=true']],
  ['tags', { references: ['r/a:1', 'r/a:2'] }, ['--tag', 'r/a:1', '--tag', 'r/a:2']],
  [
    'a push',
    { destination: { kind: 'registry', insecure: false } },
    ['type=image,push=true,oci-mediatypes=true'],
  ],
  [
    'a push without TLS',
    { destination: { kind: 'registry', insecure: true } },
    ['type=image,push=true,oci-mediatypes=true,registry.insecure=true'],
  ],
  [
    'times of the commit',
    { destination: { kind: 'layout', folder: '/t/l' }, created: 17, rewriteTimestamps: true },
    ['type=oci,tar=false,dest=/t/l,source-date-epoch=17,rewrite-timestamp=true'],
  ],
  [
    'the time of the commit',
    { destination: { kind: 'registry', insecure: false }, created: 17 },
    ['type=image,push=true,oci-mediatypes=true,source-date-epoch=17'],
  ],
  ['a layout', { destination: { kind: 'layout', folder: '/t/l' } }, ['type=oci,tar=false,dest=/t/l']],
])('%s', (_, plan, expected) => {
  expect(added(plan)).toEqual(expected);
});

it('keeps a build argument that looks secret out of the argv', () => {
  const plan = {
    ...plain,
    buildArgs: new Map([['NPM_TOKEN', 'hunter2']]),
    hiddenArgs: new Set(['NPM_TOKEN']),
  };
  expect(buildArguments(plan).join(' ')).not.toContain('hunter2');
  expect(buildArguments(plan)).toContain('NPM_TOKEN');
  expect(hiddenEnvironment(plan)).toEqual({ NPM_TOKEN: 'hunter2' });
});

describe('cache', () => {
  const scopes = { own: 'feature-x', fallback: ['main', 'feature-x'] };

  it('reads the own scope and the fallbacks, and writes the own', () => {
    expect(planCache('registry', image, scopes, { write: true, insecure: false })).toEqual({
      from: [
        'type=registry,ref=ghcr.io/acme/app:buildcache-feature-x',
        'type=registry,ref=ghcr.io/acme/app:buildcache-main',
      ],
      to: [
        'type=registry,ref=ghcr.io/acme/app:buildcache-feature-x,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true',
      ],
    });
  });

  it('does not write where nothing may be pushed', () => {
    expect(planCache('registry', image, scopes, { write: false, insecure: false }).to).toEqual([]);
    expect(planCache('gha', image, scopes, { write: false, insecure: false }).to).toEqual([]);
  });

  it('in a folder is read scope by scope, and written beside what is there', () => {
    const local = { folder: '/c', own: '/c/feature-x', next: '/c/feature-x.next-1' };
    expect(planCache('local', image, scopes, { write: true, insecure: false, local })).toEqual({
      from: ['type=local,src=/c/feature-x', 'type=local,src=/c/main'],
      to: ['type=local,dest=/c/feature-x.next-1,mode=max,ignore-error=true'],
    });
  });

  it('is nothing when it is none', () => {
    expect(planCache('none', image, scopes, { write: true, insecure: false })).toEqual({ from: [], to: [] });
  });
});
