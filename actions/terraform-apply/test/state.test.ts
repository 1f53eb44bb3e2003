import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchArtifact } from '@fairway/artifact-kit';
import { type BundleOptions, runBundle, startResults } from '@fairway/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { workspaceWith } from './modules.js';
import { startStateServer } from './state-server.js';

const action = join(import.meta.dirname, '..');
const key = 'a key of more than sixteen characters';
const hasTerraform = spawnSync('terraform', ['version']).status === 0;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0).reverse()) await close();
});

/** A module whose state lies on a server, planned and ready to be applied. */
async function planned() {
  const states = await startStateServer();
  closing.push(states.close);
  const workspace = await workspaceWith({
    'main.tf': `
      terraform {
        backend "http" {}
      }
      resource "terraform_data" "made" { input = "here" }
      output "made" { value = terraform_data.made.output }`,
  });
  closing.push(workspace.remove);
  const inputs = { tool: 'terraform', 'backend-config': `address=${states.address}`, 'plan-artifact': 'p' };
  const run = (more: Record<string, string>, options: Partial<BundleOptions> = {}) =>
    runBundle({ action, workspace: workspace.path, inputs: { ...inputs, ...more }, ...options });
  const plan = await run({ mode: 'plan' });
  const apply = { mode: 'apply', 'plan-fingerprint': plan.outputs.fingerprint ?? '' };
  return { states, run, apply, path: workspace.path };
}

const complaint = (result: { commands: readonly { name: string; message: string }[] }) =>
  result.commands.filter(({ name }) => name === 'error').at(-1)?.message;

describe.skipIf(!hasTerraform)('a state', () => {
  it('that was refused once is saved by another try', { timeout: 90_000 }, async () => {
    const { states, run, apply, path } = await planned();
    states.refuse.writes = 2;
    const result = await run(apply);
    expect(result).toMatchObject({ exitCode: 1, outputs: { result: 'failed' } });
    expect(complaint(result)).toContain('and was by another try');
    expect(JSON.parse(states.kept.state).resources).toMatchObject([{ name: 'made' }]);
    expect(existsSync(join(path, 'errored.tfstate'))).toBe(false);
    expect((await run({ mode: 'plan' })).outputs.result).toBe('no-changes');
  });

  it('that is refused for good is kept sealed, and opens as the README says', {
    timeout: 120_000,
  }, async () => {
    const results = await startResults();
    closing.push(results.close);
    const { states, run, apply } = await planned();
    states.refuse.writes = Number.POSITIVE_INFINITY;
    const result = await run({ ...apply, 'plan-key': key }, { env: results.env });
    expect(complaint(result)).toContain('is kept, sealed, as the artifact p-state');
    expect(result.summary).toContain('sealed');
    const folder = await mkdtemp(join(tmpdir(), 'fairway-open-'));
    closing.push(() => rm(folder, { recursive: true }));
    const page = await readFile(join(action, 'README.md'), 'utf8');
    const [, script = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    await writeFile(join(folder, 'open.mjs'), script);
    for (const [name, value] of Object.entries(results.env)) vi.stubEnv(name, value);
    expect(await fetchArtifact('p-state', folder)).toBe(true);
    const opened = spawnSync(process.execPath, ['open.mjs', 'plan.sealed'], {
      cwd: folder,
      env: { PLAN_KEY: key },
      encoding: 'utf8',
    });
    expect(opened.stderr).toBe('');
    expect(JSON.parse(opened.stdout).resources).toMatchObject([{ name: 'made' }]);
  });

  it('that cannot be read after the apply does not make the apply untold', { timeout: 60_000 }, async () => {
    const { states, run, apply } = await planned();
    states.refuse.readsOnceWritten = true;
    const result = await run(apply);
    expect(result).toMatchObject({ exitCode: 1, outputs: { result: 'applied', outputs: '{}' } });
    expect(complaint(result)).toMatch(/outputs could not be read[\s\S]*What was planned is applied/);
    expect(result.summary).toContain('exactly as planned');
  });
});
