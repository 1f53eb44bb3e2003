import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  artifactsOf,
  type GitHubService,
  type ResultsService,
  runBundle,
  startGitHub,
  startResults,
} from '@fairway/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ACTION, commit, FLAKY, git, repository, vitestProject, write } from './workbench.js';

const SHA = 'a'.repeat(40);
const BASE = 'b'.repeat(40);

async function services(): Promise<{ results: ResultsService; github: GitHubService }> {
  const results = await startResults();
  const github = await startGitHub({
    pulls: [
      { number: 7, title: 'Own', headSha: SHA, baseSha: BASE, headRef: 'topic', baseRef: 'main' },
      {
        number: 8,
        title: 'From a fork',
        headSha: SHA,
        baseSha: BASE,
        headRef: 'topic',
        baseRef: 'main',
        headRepository: 'stranger/photo-app',
      },
    ],
  });
  onTestFinished(async () => {
    await results.close();
    await github.close();
  });
  return { results, github };
}

function step(
  workspace: string,
  inputs: Record<string, string | number | boolean>,
  env: Readonly<Record<string, string>>,
  more = {},
) {
  return runBundle({ action: ACTION, inputs, workspace, env, timeoutMs: 60_000, ...more });
}

const SUITE = {
  a: "describe('adding', () => { test('adds', () => expect(add(1, 2)).toBe(3)); });",
  b: FLAKY,
  c: "test('is right', () => expect(add(2, 2)).toBe(4));\ntest.skip('later', () => {});",
  d: "test('is also right', () => expect(add(0, 0)).toBe(0));",
};

describe('the built action, from plan to report', () => {
  test('three shards, a flaky test, one report', { timeout: 120_000 }, async () => {
    const workspace = repository(vitestProject(SUITE), { modules: true });
    const { results, github } = await services();
    const env = { ...results.env, ...github.env };

    const plan = await step(workspace, { mode: 'plan', shards: 3 }, env);
    expect(plan.log).not.toContain('::error');
    const matrix = JSON.parse(plan.outputs.matrix ?? '').include as { shard: string }[];
    expect(matrix.map(({ shard }) => shard)).toEqual(['1/3', '2/3', '3/3']);
    expect(plan.outputs['shard-count']).toBe('3');

    for (const { shard } of matrix) {
      const run = await step(workspace, { shard, retries: 1 }, env);
      expect(run.exitCode, run.log).toBe(0);
    }
    const report = await step(workspace, { mode: 'report', 'minimum-coverage': 60 }, env);
    expect(report.exitCode, report.log).toBe(0);
    expect(report.outputs).toMatchObject({
      result: 'passed',
      framework: 'vitest',
      ecosystem: 'node',
      tests: '5',
      passed: '4',
      failed: '0',
      skipped: '1',
      flaky: '1',
      coverage: '66.66',
    });
    expect(report.summary).toContain('Flaky: failed, then passed');
    expect(report.summary).toContain('3 shards');
    expect(
      results
        .artifacts()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([
      'test-results-1-of-3',
      'test-results-2-of-3',
      'test-results-3-of-3',
      'test-results-plan',
      'test-results-report',
    ]);
    // The timings are there for the next plan.
    expect(results.caches()).toHaveLength(1);
    const next = await step(workspace, { mode: 'plan', shards: 2 }, env);
    expect(next.log).toContain('4 with earlier timings');

    // Tests that are gone are told one by one, and so are new ones.
    rmSync(join(workspace, 'test/c.test.js'));
    write(workspace, { 'test/e.test.js': "import { test } from 'vitest';\ntest('is new', () => {});\n" });
    const other = await step(workspace, {}, env);
    expect(other.outputs).toMatchObject({ 'new-tests': '1', 'missing-tests': '2' });
    expect(other.summary).toMatch(
      /### Missing[\s\S]*- is right `test\/c\.test\.js`\n- later `test\/c\.test\.js`/,
    );
    expect(other.summary).toMatch(/1 new[\s\S]*- is new `test\/e\.test\.js`/);
    expect(other.summary).toMatch(/Against the run before.*-1 tests, 1 new and 2 missing/);
    github.assertClean();
  });

  test('a red shard, a shard without results, and what a pull request is told', {
    timeout: 120_000,
  }, async () => {
    const workspace = repository(
      vitestProject({ a: SUITE.a, b: "test('is `wrong` @octocat <b>', () => expect(add(1, 1)).toBe(3));" }),
      { modules: true },
    );
    const { results, github } = await services();
    const env = { ...results.env, ...github.env };
    const event = { name: 'pull_request', payload: { pull_request: pullRequest() } };
    const red = await step(workspace, { shard: '2/2' }, env, { event });
    expect(red.exitCode).toBe(1);
    expect(red.outputs).toMatchObject({ result: 'failed', failed: '1' });
    const annotation = red.commands.find(
      ({ name, properties }) => name === 'error' && properties.file !== undefined,
    );
    expect(annotation?.properties).toMatchObject({ file: 'test/b.test.js', line: '4' });

    const report = await step(workspace, { mode: 'report', check: true }, env, { event });
    expect(report.exitCode).toBe(1);
    expect(report.outputs.result).toBe('error');
    expect(report.log).toContain('Shard 1/2 left no results.');
    const [comment] = github.state.comments;
    expect(comment?.body).toContain('Shard 1/2 left no results');
    // In code spans GitHub neither mentions nor renders.
    expect(comment?.body.replace(/(`+)[^`][\s\S]*?\1/g, '')).not.toMatch(/@octocat|<b>/);
    const [check] = github.state.checkRuns;
    expect(check).toMatchObject({ conclusion: 'failure', head_sha: SHA });

    const again = await step(workspace, { mode: 'report', check: true }, env, { event });
    expect(again.exitCode).toBe(1);
    expect(github.state.comments).toHaveLength(1);
    github.assertClean();
  });

  test('coverage is held against the branch that a pull request goes to', { timeout: 120_000 }, async () => {
    const workspace = repository(
      vitestProject({ a: SUITE.a, b: "test('is high', () => expect(add(101, 1)).toBe(100));" }),
      { modules: true },
    );
    const { results } = await services();
    const ask = { 'maximum-coverage-drop': '0.5', token: '', upload: false };
    // Nothing to compare with yet.
    const main = await step(workspace, ask, { ...results.env });
    expect(main.outputs, main.log).toMatchObject({ result: 'passed', coverage: '100.00', 'new-tests': '' });

    rmSync(join(workspace, 'test/b.test.js'));
    const event = { name: 'pull_request', payload: { pull_request: pullRequest() } };
    for (const time of ['first', 'second']) {
      const env = { ...results.env, GITHUB_BASE_REF: 'main', GITHUB_HEAD_REF: 'topic' };
      const run = await step(workspace, ask, env, { event });
      expect(run.exitCode, `${time}: ${run.log}`).toBe(1);
      expect(run.outputs).toMatchObject({ result: 'failed', coverage: '66.66', 'missing-tests': '1' });
      expect(run.log).toContain('Coverage is 66.66 %, 33.34 points below that of ');
      expect(run.summary).toContain('Against main at ');
    }
  });

  test('a token that can only read costs the comment and nothing else', { timeout: 60_000 }, async () => {
    const workspace = repository(vitestProject({ a: SUITE.a }), { modules: true });
    const { github } = await services();
    github.deny(['pull-requests:write', 'issues:write', 'checks:write']);
    const event = { name: 'pull_request', payload: { pull_request: pullRequest() } };
    const run = await step(workspace, { check: true }, { ...github.env }, { event });
    expect(run.exitCode, run.log).toBe(0);
    expect(
      run.commands
        .filter(({ name }) => name === 'notice')
        .map(({ message }) => message)
        .join('\n'),
    ).toMatch(/comment.*pull-requests: write[\s\S]*check run.*checks: write/);
    github.takeViolations();
  });

  test('coverage of the changed lines is asked of Git, and has a minimum of its own', {
    timeout: 60_000,
  }, async () => {
    const workspace = repository(vitestProject({ a: SUITE.a }), { modules: true });
    const baseSha = git(workspace, 'rev-parse', 'HEAD');
    write(workspace, {
      'src/add.js':
        'export function add(a, b) {\n  if (a > 100) {\n    return 101;\n  }\n  return b + a;\n}\n',
    });
    const headSha = commit(workspace);
    const event = { name: 'pull_request', payload: { pull_request: pullRequest(baseSha, headSha) } };
    const run = await step(workspace, { 'minimum-patch-coverage': 80, token: '' }, {}, { event });
    expect(run.outputs).toMatchObject({ result: 'failed', 'patch-coverage': '50.00', failed: '0' });
    expect(run.log).toContain('Coverage of the changed lines is 50.00 %, below the minimum of 80 %.');
    expect(run.log).toContain('What to do: Add tests for what the job summary');
    expect(run.summary).toContain('`src/add.js` lines 3');
  });

  test('a fork: the second half tells what the first could not, on the right commit', {
    timeout: 120_000,
  }, async () => {
    const workspace = repository(
      vitestProject({ a: SUITE.a, b: "test('is wrong', () => expect(add(1, 1)).toBe(3));" }),
      {
        modules: true,
      },
    );
    const { results, github } = await services();
    github.deny(['pull-requests:write', 'issues:write', 'checks:write']);
    const fork = {
      ...pullRequest(),
      head: { sha: SHA, ref: 'topic', repo: { full_name: 'stranger/photo-app' } },
    };
    const event = { name: 'pull_request', payload: { pull_request: fork } };
    const env = { ...results.env, ...github.env };
    for (const shard of ['1/2', '2/2']) await step(workspace, { shard, token: '' }, env, { event });
    expect(github.state.comments).toHaveLength(0);

    github.deny([]);
    const testRun = {
      id: 1,
      headSha: SHA,
      headBranch: 'topic',
      event: 'pull_request',
      workflow: 'ci',
      status: 'completed',
      conclusion: 'failure',
      jobs: [],
      artifacts: artifactsOf(results),
    } as const;
    github.state.runs.push(testRun);
    const followed = {
      id: 1,
      event: 'pull_request',
      head_sha: SHA,
      head_branch: 'topic',
      head_repository: { owner: { login: 'stranger' } },
      pull_requests: [],
    };
    const second = repository({ 'README.md': 'the default branch, without the code of the fork' });
    const report = await step(
      second,
      { mode: 'report', check: true },
      { ...github.env },
      {
        event: { name: 'workflow_run', payload: { workflow_run: followed } },
      },
    );
    expect(report.outputs, report.log).toMatchObject({ result: 'failed', tests: '2', failed: '1' });
    expect(github.state.comments.map(({ issue }) => issue)).toEqual([8]);
    expect(github.state.checkRuns).toMatchObject([{ head_sha: SHA, conclusion: 'failure' }]);
    expect(github.state.comments[0]?.body).toContain('/actions/runs/1>');
    github.assertClean();
  });

  test('what is not there at all', { timeout: 60_000 }, async () => {
    const { results } = await services();
    const workspace = repository({ 'README.md': 'nothing' });
    const nothing = await step(workspace, { mode: 'report' }, { ...results.env });
    expect(nothing.exitCode).toBe(1);
    expect(nothing.outputs.result).toBe('error');
    expect(nothing.log).toContain("no artifact named 'test-results-…'");
    const unknown = await step(workspace, {}, {});
    expect(unknown.log).toContain('No test framework was found');
    expect(unknown.stderr).toBe('');
  });
});

function pullRequest(baseSha = 'b'.repeat(40), headSha = SHA) {
  const repo = { full_name: 'acme/photo-app' };
  return {
    number: 7,
    title: 'A change',
    html_url: 'https://github.com/acme/photo-app/pull/7',
    user: { login: 'octocat' },
    head: { sha: headSha, ref: 'topic', repo },
    base: { sha: baseSha, ref: 'main', repo },
  };
}
