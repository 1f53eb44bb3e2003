import { existsSync, readFileSync } from 'node:fs';

import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { defaultToken, runAction, runBundle } from '../src/index.js';
import { scratchFolder } from './scratch-folder.js';

const action = join(import.meta.dirname, 'fixtures', 'probe-action');

interface Seen {
  env: Record<string, string>;
  event: unknown;
  cwd: string;
}

describe('runBundle', () => {
  it('gives the action what the runner gives, and nothing of this process', async () => {
    vi.stubEnv('LEAKED_FROM_HOST', 'yes');
    const result = await runBundle({
      action,
      inputs: { 'Two Words': 'blank', 'dry-run': true },
      event: { name: 'pull_request', payload: { pull_request: { number: 7 } } },
      github: { ref: 'refs/pull/7/merge', headRef: 'feature/a;b', baseRef: 'main', job: 'build' },
    });
    const { env, event, cwd } = JSON.parse(result.outputs.seen ?? '{}') as Seen;
    expect(result).toMatchObject({ exitCode: 0, conclusion: 'success', problems: [], timedOut: false });
    expect(env).toMatchObject({
      INPUT_MODE: 'report',
      INPUT_TWO_WORDS: 'blank',
      'INPUT_DRY-RUN': 'true',
      INPUT_TOKEN: defaultToken,
      INPUT_PULL: '7',
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF_NAME: '7/merge',
      GITHUB_HEAD_REF: 'feature/a;b',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_WORKSPACE: cwd,
    });
    expect(env.LEAKED_FROM_HOST).toBeUndefined();
    expect(Object.keys(env).filter((name) => /^(VITEST|NODE_|npm_)/i.test(name))).toEqual([]);
    expect(event).toEqual({ pull_request: { number: 7 } });
    expect(existsSync(cwd)).toBe(false);
  });

  it('reads back every command file', async () => {
    const result = await runBundle({ action });
    expect(result.state).toEqual({ isMain: 'true', lines: 'one\ntwo' });
    expect(result.env).toEqual({ EXPORTED: 'by main' });
    expect(result.path).toEqual(['/opt/first', '/opt/second']);
    expect(result.summary).toBe('# hello\n');
    expect((JSON.parse(result.outputs.seen ?? '{}') as Seen).env.INPUT_PULL).toBe('none');
  });

  it('keeps a given workspace', async () => {
    const workspace = await scratchFolder();
    const result = await runBundle({ action, workspace });
    expect((JSON.parse(result.outputs.seen ?? '{}') as Seen).cwd).toBe(workspace);
    expect(existsSync(workspace)).toBe(true);
  });

  it('refuses an input that action.yml does not declare', async () => {
    await expect(runBundle({ action, inputs: { colour: 'red' } })).rejects.toThrow(
      /Unexpected input\(s\) 'colour', valid inputs are \['mode', 'dry-run'/,
    );
  });

  it('masks in the log from the moment the secret is announced', async () => {
    const { log, masks } = await runBundle({ action, inputs: { mode: 'secrets' } });
    expect(masks).toEqual(['s3cret-value', 'line-one\nline-two']);
    expect(log).toContain('before: s3cret-value');
    expect(log).toContain('after: ***');
    expect(log).toContain('only *** here');
    expect(log).toContain('token ***');
    expect(log).not.toContain('add-mask');
  });

  it('obeys exactly the commands the runner obeys', async () => {
    const { commands, outputs, problems } = await runBundle({ action, inputs: { mode: 'hostile' } });
    const heard = commands.map(({ name, message }) => `${name}|${message}`);
    expect(heard).toHaveLength(5);
    expect(heard).toEqual(
      expect.arrayContaining([
        'stop-commands|kq3',
        'kq3|',
        'error|fifty%\npercent',
        'warning|on standard error',
        'notice|the older form',
      ]),
    );
    expect(commands.find(({ name }) => name === 'error')?.properties).toEqual({ file: 'a:b.ts', line: '3' });
    expect(outputs).toEqual({});
    expect(problems).toEqual([]);
  });

  it.each([
    ['injected', /`set-env` command is disabled/],
    ['broken-output', /Unable to process file command 'output'.*no separator here/],
    ['open-heredoc', /Matching delimiter not found 'END'/],
    ['node-options', /Can't store NODE_OPTIONS/],
    ['huge-summary', /supports content up to a size of 1024k, got 1025k/],
  ])('fails the step for %s, as the runner does', async (mode, problem) => {
    const result = await runBundle({ action, inputs: { mode } });
    expect(result.exitCode).toBe(0);
    expect(result.conclusion).toBe('failure');
    expect(result.problems.join('\n')).toMatch(problem);
  });

  it('reports a failing action with the outputs it had set', async () => {
    const result = await runBundle({ action, inputs: { mode: 'fail' } });
    expect(result).toMatchObject({ exitCode: 3, conclusion: 'failure', outputs: { half: 'done' } });
  });

  it('ends an action that hangs, with everything it started', async () => {
    const workspace = await scratchFolder();
    const result = await runBundle({ action, workspace, inputs: { mode: 'hang' }, timeoutMs: 3_000 });
    expect(result).toMatchObject({ timedOut: true, conclusion: 'failure', exitCode: null });
    const grandchild = Number(readFileSync(join(workspace, 'grandchild'), 'utf8'));
    await vi.waitFor(() => expect(isRunning(grandchild)).toBe(false), 5_000);
  });

  it('cancels with SIGINT first, so that the action can clean up', async () => {
    const workspace = await scratchFolder();
    const abort = new AbortController();
    const running = runBundle({ action, workspace, inputs: { mode: 'cancel' }, signal: abort.signal });
    await vi.waitFor(() => expect(existsSync(join(workspace, 'ready'))).toBe(true), 20_000);
    abort.abort();
    expect(await running).toMatchObject({ outputs: { cleaned: 'yes' }, exitCode: 130 });
  });
});

/** A process that has ended but that nobody has reaped is not running. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('runAction', () => {
  it('hands state, variables, PATH and RUNNER_TEMP from main to post', async () => {
    const { post } = await runAction({ action });
    const seen = JSON.parse(post?.outputs.post ?? '{}') as Record<string, unknown>;
    expect(seen).toMatchObject({ state: 'one\ntwo', exported: 'by main', main: 'true', leftBehind: true });
    expect(String(seen.path)).toMatch(/^\/opt\/second:\/opt\/first:/);
  });

  it('runs post after a failed main', async () => {
    const { main, post } = await runAction({ action, inputs: { mode: 'fail' } });
    expect(main.conclusion).toBe('failure');
    expect(post?.exitCode).toBe(0);
  });
});
