import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BundleOptions, runBundle, startGitHub, startResults } from '@fairway/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { MODULE, workspaceWith } from './modules.js';

const action = join(import.meta.dirname, '..');
const key = 'a key of more than sixteen characters';
const hasTerraform = spawnSync('terraform', ['version']).status === 0;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function module(files: Readonly<Record<string, string>> = { 'main.tf': MODULE }) {
  const workspace = await workspaceWith(files);
  closing.push(workspace.remove);
  const run = (inputs: Record<string, string | boolean>, options: Partial<BundleOptions> = {}) =>
    runBundle({ action, workspace: workspace.path, inputs: { tool: 'terraform', ...inputs }, ...options });
  return { ...workspace, run };
}

const complaints = (result: { commands: readonly { name: string; message: string }[] }) =>
  result.commands.filter(({ name }) => name === 'error').map(({ message }) => message);

describe('without a tool', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['an unknown mode', { mode: 'destroy' }, /'mode' is 'destroy'.*'plan', 'apply', 'check'/],
    ['a folder that is not there', { 'working-directory': 'infra' }, /nothing is there/],
    ['a folder outside', { 'working-directory': '../..' }, /inside the workspace/],
    ['a short key', { 'plan-key': 'short' }, /openssl rand/],
    ['a variable that cannot be one', { variables: 'a b=c' }, /'a b', which cannot be/],
    ['a range as a version', { version: '~> 1.5' }, /one exact version/],
    ['drift from nothing', { destroy: 'true', mode: 'check' }, /without {2}destroy: true/],
    ['something else as a fingerprint', { 'plan-fingerprint': 'abc' }, /64 hexadecimal/],
  ])('%s is one clear error', async (_, inputs, message) => {
    const { run } = await module();
    const result = await run(inputs);
    expect(result.exitCode).toBe(1);
    expect(complaints(result)).toEqual([expect.stringMatching(message)]);
    expect(result.outputs).toMatchObject({ result: 'failed', changes: 'false', outputs: '{}' });
  });
});

describe.skipIf(!hasTerraform)('with Terraform', () => {
  it('plans, and applies what was planned', { timeout: 60_000 }, async () => {
    const { run } = await module();
    const plan = await run({ mode: 'plan' });
    expect(plan.outputs).toMatchObject({ result: 'changes', changes: 'true', add: '2', delete: '0' });
    expect(JSON.parse(plan.outputs.outputs ?? '')).toEqual({ size: 1 });
    expect(plan.summary).toContain('terraform_data.kept');
    expect(plan.masks).toContain('correct-horse-battery');
    for (const text of [plan.summary, plan.log]) expect(text).not.toContain('correct-horse-battery');

    const apply = await run({ mode: 'apply', 'plan-fingerprint': plan.outputs.fingerprint ?? '' });
    expect(apply).toMatchObject({ exitCode: 0, problems: [], outputs: { result: 'applied' } });
    expect(JSON.parse(apply.outputs.outputs ?? '')).toEqual({ size: 1 });

    const again = await run({ mode: 'plan' });
    expect(again.outputs).toMatchObject({ result: 'no-changes', changes: 'false', add: '0' });
    const nothing = await run({ mode: 'apply', 'plan-fingerprint': again.outputs.fingerprint ?? '' });
    expect(nothing.outputs).toMatchObject({ result: 'no-changes' });
    expect(JSON.parse(nothing.outputs.outputs ?? '')).toEqual({ size: 1 });
  });

  it('refuses another plan than the reviewed one', { timeout: 60_000 }, async () => {
    const { run, path, write } = await module();
    const plan = await run({ mode: 'plan' });
    await write('more.tf', 'resource "terraform_data" "slipped_in" {}');
    const apply = await run({ mode: 'apply', 'plan-fingerprint': plan.outputs.fingerprint ?? '' });
    expect(apply).toMatchObject({ exitCode: 1, outputs: { result: 'blocked' } });
    expect(complaints(apply)[0]).toContain('is not what was reviewed');
    expect(existsSync(join(path, 'terraform.tfstate'))).toBe(false);
  });

  it('applies nothing that nobody saw', { timeout: 60_000 }, async () => {
    const { run, path } = await module();
    const apply = await run({ mode: 'apply' });
    expect(complaints(apply)[0]).toMatch(/no plan to apply[\s\S]*plan-fingerprint:/);
    expect(existsSync(join(path, 'terraform.tfstate'))).toBe(false);
  });

  it('blocks what destroys, unless it is allowed and nothing protects it', { timeout: 60_000 }, async () => {
    const { run } = await module();
    const first = await run({ mode: 'plan' });
    await run({ mode: 'apply', 'plan-fingerprint': first.outputs.fingerprint ?? '' });
    const bigger = { mode: 'plan', variables: 'size=2' };
    const blocked = await run(bigger);
    expect(blocked).toMatchObject({ exitCode: 1, outputs: { result: 'blocked', replace: '1', change: '1' } });
    expect(blocked.summary).toContain('Blocked');
    const allowed = await run({ ...bigger, 'allow-destroy': true });
    expect(allowed).toMatchObject({ exitCode: 0, outputs: { result: 'changes' } });
    const guarded = await run({ ...bigger, 'allow-destroy': true, protect: 'terraform_data.rep*' });
    expect(complaints(guarded)[0]).toContain("protected by 'terraform_data.rep*'");
    // The gate stands before the apply, too.
    const apply = { ...bigger, mode: 'apply', 'plan-fingerprint': allowed.outputs.fingerprint ?? '' };
    expect((await run(apply)).outputs.result).toBe('blocked');
    expect((await run({ ...apply, 'allow-destroy': true })).outputs.result).toBe('applied');
  });

  it('ends everything where that is asked for, allowed and reviewed', { timeout: 60_000 }, async () => {
    const { run, path } = await module();
    const first = await run({ mode: 'plan' });
    await run({ mode: 'apply', 'plan-fingerprint': first.outputs.fingerprint ?? '' });
    const end = { destroy: true, mode: 'plan' };
    expect((await run(end)).outputs).toMatchObject({ result: 'blocked', delete: '2' });
    const plan = await run({ ...end, 'allow-destroy': true });
    expect(plan).toMatchObject({ exitCode: 0, outputs: { result: 'changes', delete: '2' } });
    expect(plan.summary).toContain('The end of everything');
    const reviewed = {
      mode: 'apply',
      'allow-destroy': true,
      'plan-fingerprint': plan.outputs.fingerprint ?? '',
    };
    // Without the same input it is another plan.
    expect((await run(reviewed)).outputs.result).toBe('blocked');
    expect((await run({ ...reviewed, destroy: true })).outputs).toMatchObject({
      result: 'applied',
      outputs: '{}',
    });
    expect(JSON.parse(await readFile(join(path, 'terraform.tfstate'), 'utf8')).resources).toEqual([]);
  });

  it('hands a sealed plan to another job, for the same commit only', { timeout: 60_000 }, async () => {
    const results = await startResults();
    closing.push(results.close);
    const handing = {
      'plan-key': key,
      'plan-artifact': 'fairway-plan-staging-infra/live',
      environment: 'staging',
    };
    const planning = await module();
    const plan = await planning.run({ mode: 'plan', ...handing }, { env: results.env });
    expect(plan).toMatchObject({ exitCode: 0, outputs: { result: 'changes' } });
    expect(results.artifacts().map(({ name }) => name)).toEqual(['fairway-plan-staging-infra-live']);

    const other = await module();
    const apply = { mode: 'apply', ...handing, 'plan-fingerprint': plan.outputs.fingerprint ?? '' };
    const foreign = await other.run(apply, { env: results.env, github: { sha: 'b'.repeat(40) } });
    expect(complaints(foreign)[0]).toContain('belongs elsewhere: commit is');
    const wrongKey = await other.run({ ...apply, 'plan-key': `${key}!` }, { env: results.env });
    expect(complaints(wrongKey)[0]).toContain('does not open');
    expect(existsSync(join(other.path, 'terraform.tfstate'))).toBe(false);

    const applied = await other.run(apply, { env: results.env });
    expect(applied).toMatchObject({ exitCode: 0, outputs: { result: 'applied' } });
    // A planning job that is run again replaces its artifact.
    const again = await planning.run({ mode: 'plan', ...handing }, { env: results.env });
    expect(again.exitCode).toBe(0);
  });

  it('hands on also a plan that changes nothing, lest one of an earlier attempt be found', {
    timeout: 60_000,
  }, async () => {
    const results = await startResults();
    closing.push(results.close);
    const options = { env: results.env };
    const handing = { 'plan-key': key, 'plan-artifact': 'p' };
    const { run } = await module();
    const first = await run({ mode: 'plan', ...handing }, options);
    await run({ mode: 'apply', 'plan-fingerprint': first.outputs.fingerprint ?? '' });
    const again = await run({ mode: 'plan', ...handing }, options);
    expect(again.outputs.result).toBe('no-changes');
    const apply = { mode: 'apply', ...handing, 'plan-fingerprint': again.outputs.fingerprint ?? '' };
    expect((await run(apply, options)).outputs).toMatchObject({
      result: 'no-changes',
      outputs: '{"size":1}',
    });
  });

  it('shows no value of a variable that is named like a secret, though the module marks none', {
    timeout: 60_000,
  }, async () => {
    const { run, path } = await module({
      'main.tf': `
        variable "db_password" {}
        resource "terraform_data" "dsn" { input = "postgres://app:\${var.db_password}@db/app" }
        output "dsn" { value = var.db_password }`,
    });
    const secret = 'wi|th "quotes" `and` more';
    const plan = await run({}, { env: { TF_VAR_db_password: secret, RUNNER_TEMP: path } });
    expect(plan).toMatchObject({ exitCode: 0, outputs: { result: 'changes', outputs: '{}' } });
    expect(plan.summary).toContain('(sensitive)');
    const json = await readFile(plan.outputs['plan-json-path'] ?? '', 'utf8');
    for (const text of [plan.summary, json]) expect(text).not.toMatch(/quotes|more/);
  });

  it('tells in the summary, too, why nothing was applied', { timeout: 60_000 }, async () => {
    const { run } = await module();
    const apply = await run({ mode: 'apply' });
    expect(apply.summary).toContain('Nothing was applied');
    expect(apply.summary).toContain('There is no plan to apply');
  });

  it('stops what takes too long, and says that it did', { timeout: 60_000 }, async () => {
    const { run } = await module({
      'main.tf':
        'resource "terraform_data" "slow" {\n  provisioner "local-exec" { command = "exec sleep 40" }\n}',
    });
    const plan = await run({ mode: 'plan' });
    const apply = await run({
      mode: 'apply',
      timeout: '4s',
      'plan-fingerprint': plan.outputs.fingerprint ?? '',
    });
    expect(apply).toMatchObject({ exitCode: 1, timedOut: false, outputs: { result: 'failed' } });
    expect(complaints(apply).at(-1)).toMatch(/Applying took longer than it may[\s\S]*timeout: 2h/);
    expect((await run({ mode: 'plan', 'allow-destroy': true })).exitCode).toBe(0); // the lock was given back
  });

  it('plans again and compares where no sealed plan came', { timeout: 60_000 }, async () => {
    const results = await startResults();
    closing.push(results.close);
    const { run } = await module();
    const plan = await run({ mode: 'plan', 'plan-artifact': 'p' }, { env: results.env });
    expect(results.artifacts()).toEqual([]);
    expect(plan.log).toContain('No plan leaves this job');
    const apply = { mode: 'apply', 'plan-artifact': 'p', 'plan-key': key };
    const unseen = await run(apply, { env: results.env });
    expect(complaints(unseen)[0]).toContain('no plan to apply');
    const fingerprint = plan.outputs.fingerprint ?? '';
    const applied = await run({ ...apply, 'plan-fingerprint': fingerprint }, { env: results.env });
    expect(applied).toMatchObject({ exitCode: 0, outputs: { result: 'applied' } });
  });

  it('follows backend settings, workspace, files of variables and a plan of the same job', {
    timeout: 60_000,
  }, async () => {
    const { run, path } = await module({
      'main.tf': `terraform {\n  backend "local" {}\n}\n${MODULE}`,
      'big.tfvars': 'size = 7\n',
    });
    const state = join(path, 'a "state" ${x}.tfstate');
    const inputs = { 'backend-config': `path=${state}`, 'var-files': 'big.tfvars' };
    const plan = await run({ mode: 'plan', ...inputs });
    expect(plan.outputs).toMatchObject({ result: 'changes', outputs: '{"size":7}' });
    const outside = await run({ mode: 'apply', ...inputs, 'plan-file': '/etc/passwd' });
    expect(complaints(outside)[0]).toContain('no file of this job');

    spawnSync('terraform', ['plan', '-input=false', '-var-file=big.tfvars', '-out=here.tfplan'], {
      cwd: path,
    });
    expect((await run({ mode: 'apply', ...inputs, 'plan-file': 'here.tfplan' })).outputs.result).toBe(
      'applied',
    );
    expect(existsSync(state)).toBe(true);

    const other = await run({ mode: 'plan', ...inputs, workspace: 'blue' });
    expect(other.outputs).toMatchObject({ result: 'changes', add: '2' });
    expect(other.log).toContain('Workspace blue.');
  });

  it('says where what runs differs from the code', { timeout: 60_000 }, async () => {
    const { run } = await module();
    const drift = await run({ mode: 'check' });
    expect(drift).toMatchObject({ exitCode: 1, outputs: { result: 'drift', add: '2' } });
    const plan = await run({ mode: 'plan' });
    await run({ mode: 'apply', 'plan-fingerprint': plan.outputs.fingerprint ?? '' });
    expect(await run({ mode: 'check' })).toMatchObject({ exitCode: 0, outputs: { result: 'no-changes' } });
  });

  it('shows a mistake at its line', { timeout: 60_000 }, async () => {
    const { run } = await module({ 'main.tf': '\noutput "x" { value = var.nope }\n' });
    const result = await run({});
    expect(result.exitCode).toBe(1);
    expect(result.commands).toContainEqual(
      expect.objectContaining({
        name: 'error',
        properties: expect.objectContaining({
          file: 'main.tf',
          line: '2',
          title: expect.stringMatching(/undeclared/),
        }),
      }),
    );
    expect(result.summary).toContain('There is no plan');
  });

  it('tells what a failed apply did and did not do', { timeout: 60_000 }, async () => {
    const { run, path } = await module({
      'main.tf': `
        resource "terraform_data" "first" {
          provisioner "local-exec" { command = "env > seen.env" }
        }
        resource "terraform_data" "second" {
          depends_on = [terraform_data.first]
          provisioner "local-exec" { command = "exit 3" }
        }
        resource "terraform_data" "third" { depends_on = [terraform_data.second] }`,
    });
    const plan = await run({ mode: 'plan' });
    const apply = await run({
      mode: 'apply',
      'plan-fingerprint': plan.outputs.fingerprint ?? '',
      'plan-key': key,
    });
    expect(apply).toMatchObject({ exitCode: 1, outputs: { result: 'failed', add: '3' } });
    expect(complaints(apply).at(-1)).toContain(
      'Applied: 1; failed: terraform_data.second; interrupted: none; not begun: terraform_data.third.',
    );
    expect(apply.summary).toContain('⏸️ not begun | `terraform_data.third`');
    const state = JSON.parse(await readFile(join(path, 'terraform.tfstate'), 'utf8'));
    expect(state.resources.map(({ name }: { name: string }) => name)).toContain('first');
    // What planning and applying run does not see the step's own secrets.
    const seen = await readFile(join(path, 'seen.env'), 'utf8');
    expect(seen).not.toContain(key);
    expect(seen).not.toContain('INPUT_');
  });

  it('says who holds the state, and is undone cleanly when it is cancelled', {
    timeout: 60_000,
  }, async () => {
    const { run, path } = await module({
      'main.tf': `
        resource "terraform_data" "slow" {
          provisioner "local-exec" { command = "touch started; sleep 30" }
        }
        resource "terraform_data" "after" { depends_on = [terraform_data.slow] }`,
    });
    const plan = await run({ mode: 'plan' });
    const apply = { mode: 'apply', 'plan-fingerprint': plan.outputs.fingerprint ?? '' };
    const cancel = new AbortController();
    const applying = run(apply, { signal: cancel.signal });
    while (!existsSync(join(path, 'started'))) await sleep(50);

    const locked = await run({ mode: 'plan', 'lock-timeout': '0s' });
    expect(locked.exitCode).toBe(1);
    expect(complaints(locked).at(-1)).toMatch(
      /is locked by \S+@\S+ since[\s\S]*terraform force-unlock [0-9a-f-]{36}/,
    );

    cancel.abort();
    const cancelled = await applying;
    expect(cancelled).toMatchObject({ exitCode: 1, timedOut: false, outputs: { result: 'failed' } });
    expect(complaints(cancelled).at(-1)).toContain('not begun: terraform_data.after');
    // The lock is given back: the next run can go on.
    expect((await run({ mode: 'plan', 'allow-destroy': true })).exitCode).toBe(0);
  });

  it('keeps one comment on the pull request', { timeout: 60_000 }, async () => {
    const pull = {
      number: 7,
      title: 'Topic',
      headSha: 'c'.repeat(40),
      baseSha: 'd'.repeat(40),
      headRef: 'topic',
      baseRef: 'main',
    };
    const github = await startGitHub({ pulls: [pull] });
    closing.push(github.close);
    const payload = {
      pull_request: {
        number: 7,
        title: 'x',
        head: { sha: pull.headSha, ref: 'topic', repo: { full_name: 'acme/photo-app' } },
        base: { sha: pull.baseSha, ref: 'main', repo: { full_name: 'acme/photo-app' } },
      },
    };
    const options = { env: github.env, event: { name: 'pull_request', payload } };
    const { run, write } = await module();
    const inputs = { environment: 'staging' };
    expect((await run(inputs, options)).exitCode).toBe(0);
    await write('more.tf', 'resource "terraform_data" "more" {}');
    expect((await run(inputs, options)).exitCode).toBe(0);
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.body).toContain('3 to create');
    expect(github.state.comments[0]?.body).toContain(`commit \`${pull.headSha.slice(0, 12)}\``);

    github.deny(['pull-requests:write', 'issues:write']);
    const denied = await run({ environment: 'production' }, options);
    expect(denied).toMatchObject({ exitCode: 0, outputs: { result: 'changes' } });
    expect(denied.commands.some(({ message }) => message.includes("'pull-requests: write'"))).toBe(true);
    github.takeViolations();
  });
});
