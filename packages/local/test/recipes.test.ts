import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ASSETS } from '../src/tools/assets.js';
import { COUNTERPARTS } from '../src/tools/counterparts.js';
import { linkerFlags } from '../src/tools/go.js';
import { checkMakers, DEMO, partsFor } from '../src/tools/needs.js';
import { parseOverlay, substitute } from '../src/tools/overlay.js';
import type { PartName, Recipe } from '../src/tools/recipe.js';
import { RECIPES } from '../src/tools/recipes.js';
import { isStored, publish, storeFolder } from '../src/tools/store.js';
import { requirement } from '../src/tools/wheel.js';

const ALL = Object.entries(RECIPES) as [PartName, Recipe][];

describe('recipes', () => {
  it.each(ALL)('%s is pinned and says why', (name, recipe) => {
    expect(recipe.name).toBe(name);
    expect(recipe.why.length).toBeGreaterThan(10);
    const { source } = recipe;
    if (source.how === 'wheel') expect(source.sha256).toMatch(/^[0-9a-f]{64}$/);
    if (source.how === 'go-install' || source.how === 'go-patched')
      expect(source.module).toMatch(new RegExp(`@v${recipe.version.replaceAll('.', '\\.')}$`));
    if (source.how === 'go-files')
      for (const { module } of source.modules) expect(module).toMatch(/@v\d+\.\d+\.\d+$/);
    if (source.how === 'go-module') {
      const folder = join(ASSETS, 'go', source.folder);
      const module = readFileSync(join(folder, 'go.mod'), 'utf8');
      if (/^require|^\t\S+ v\d/m.test(module)) expect(existsSync(join(folder, 'go.sum'))).toBe(true);
    }
  });

  it('names the same Kubernetes in the recipe and in its go.mod', () => {
    const module = readFileSync(join(ASSETS, 'go', 'kubernetes', 'go.mod'), 'utf8');
    expect(module).toContain(`k8s.io/kubernetes v${RECIPES.kubernetes.version}`);
    const staged = [...module.matchAll(/=> (k8s\.io\/\S+) v0\.(\d+\.\d+)$/gm)];
    expect(staged).toHaveLength(31);
    expect(new Set(staged.map(([, , version]) => `1.${version}`))).toEqual(
      new Set([RECIPES.kubernetes.version]),
    );
  });
});

it.each([
  ['helm', 'helm.sh/helm/v4', RECIPES.helm.version],
  ['helm', 'helm.sh/helm/v3', RECIPES['helm-3'].version],
])('builds from assets/go/%s the %s of its recipe', (folder, module, version) => {
  const text = readFileSync(join(ASSETS, 'go', folder, 'go.mod'), 'utf8');
  expect(text).toMatch(new RegExp(`${module} v${version.replaceAll('.', '\\.')}( //|$)`, 'm'));
});

describe('what is prepared', () => {
  const oneNode = {
    cluster: { provider: 'one-node' },
    builder: { provider: 'buildkitd' },
    services: { provider: 'debian' },
  } as const;
  const docker = {
    cluster: { provider: 'kind' },
    builder: { provider: 'docker' },
    services: { provider: 'docker' },
  } as const;

  const withClusterParts = { ...DEMO, tools: [...DEMO.tools, 'metrics-server', 'traefik'] } as const;

  it('is everything on a bare machine, Kubernetes first of what is compiled', () => {
    expect(partsFor(oneNode, DEMO, new Set())).toEqual(
      Object.keys(RECIPES).filter(
        (part) => !['metrics-server', 'traefik'].includes(part) && !(part in COUNTERPARTS),
      ),
    );
  });
  it('is refused at once where there is nothing to make it with', () => {
    expect(() => checkMakers(['kubernetes', 'act'], { go: false, pip: true })).toThrow(
      /kubernetes, act are made/,
    );
    expect(() => checkMakers(['zizmor'], { go: true, pip: false })).toThrow(/pip3 is not on PATH/);
    expect(() => checkMakers(['node-services'], { go: false, pip: false })).not.toThrow();
  });
  it('leaves out what the machine has', () => {
    expect(partsFor(oneNode, DEMO, new Set(['kubectl']))).not.toContain('kubectl');
    expect(partsFor(oneNode, withClusterParts, new Set())).toEqual(
      expect.arrayContaining(['metrics-server', 'traefik']),
    );
  });
  it('compiles no BuildKit and unpacks no Debian package beside Docker and kind', () => {
    const parts = partsFor(docker, DEMO, new Set());
    expect(parts).not.toContain('buildkitd');
    expect(parts).not.toContain('node-services');
    expect(parts).toContain('buildx');
    const cluster = partsFor(docker, withClusterParts, new Set());
    expect(cluster).not.toContain('metrics-server');
    expect(cluster).not.toContain('traefik');
  });
});

describe('the store', () => {
  let store: string;
  beforeEach(() => {
    store = mkdtempSync(join(tmpdir(), 'store-'));
  });
  afterEach(() => rmSync(store, { recursive: true }));
  const recipe: Recipe = { ...RECIPES.pause, programs: ['tool'] };

  it('gives a changed recipe another folder', () => {
    const gitleaks = RECIPES.gitleaks;
    const other: Recipe = {
      ...gitleaks,
      source: { how: 'go-install', module: 'x@v8.30.1', packages: ['.'] },
    };
    expect(storeFolder(store, gitleaks, ASSETS)).not.toBe(storeFolder(store, other, ASSETS));
  });

  it('publishes a complete folder with a receipt', async () => {
    const folder = storeFolder(store, recipe, ASSETS);
    const receipt = await publish(store, folder, recipe, async (out) =>
      writeFileSync(join(out, 'tool'), 'x'),
    );
    expect(isStored(folder, recipe)).toBe(true);
    // printf x | sha256sum
    expect(receipt.sha256.tool).toBe('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881');
  });

  it('leaves nothing behind when making fails', async () => {
    const folder = storeFolder(store, recipe, ASSETS);
    const failing = publish(store, folder, recipe, async (out) => {
      writeFileSync(join(out, 'tool'), 'half');
      throw new Error('no network');
    });
    await expect(failing).rejects.toThrow('no network');
    expect(readdirSync(store)).toEqual([]);
  });

  it('refuses a result without its program', async () => {
    const folder = storeFolder(store, recipe, ASSETS);
    await expect(publish(store, folder, recipe, async () => {})).rejects.toThrow(/tool is not in it/);
  });
});

describe('overlays', () => {
  const change = { file: 'a.go', find: 'old(', replace: 'new(', count: 2 };
  it('replaces exactly as often as it must', () => {
    expect(substitute('old(1); old(2)', change)).toBe('new(1); new(2)');
    expect(() => substitute('old(1)', change)).toThrow(/1 times, not 2/);
  });
  it.each(['../x.go', '/etc/passwd', 'a/../../b'])('refuses %s', (to) => {
    expect(() => parseOverlay(JSON.stringify({ files: [{ from: 'f', to }] }))).toThrow(/outside/);
  });
});

it('writes linker flags and pip requirements', () => {
  expect(linkerFlags({ 'a/b.C': 'v1' })).toBe('-ldflags=-s -w -X a/b.C=v1');
  expect(requirement('p', '1.0', 'ab')).toBe('p==1.0 --hash=sha256:ab\n');
});
