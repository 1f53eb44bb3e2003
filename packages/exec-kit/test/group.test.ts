import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { outcome, run } from '../src/index.ts';
import { isRunning, NODE, scratchFolder, script } from './scene.ts';

const quiet = { show: 'never' } as const;

/** Writes its process id, and ends only by SIGKILL. */
const STUBBORN = `process.on('SIGTERM', () => {}); process.on('SIGINT', () => {});
  require('node:fs').writeFileSync(process.argv[1], String(process.pid));
  setInterval(() => {}, 1000);`;
const MEEK = STUBBORN.replaceAll(/process\.on\([^;]*;/g, '');

async function pidIn(file: string): Promise<number> {
  await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toBeTruthy(), 20_000);
  return Number(readFileSync(file, 'utf8'));
}
const gone = (pid: number) => vi.waitFor(() => expect(isRunning(pid)).toBe(false), 10_000);

/** Runs a program below a shell that waits for it; gives its process id once it is there. */
function below(program: string, options: Parameters<typeof run>[2] = {}) {
  const file = join(scratchFolder(), 'pid');
  const { path } = script('shell', `#!/bin/sh\n"$@" &\nwait\n`);
  return { running: run(path, [NODE, '-e', program, file], { ...quiet, ...options }), pid: pidIn(file) };
}

describe('a time limit', () => {
  it('reaches what the program started', async () => {
    const { running, pid } = below(MEEK, { timeoutMs: 2500 });
    const grandchild = await pid;
    const result = await running;
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGTERM', exitCode: null });
    expect(outcome(result)).toMatch(/^did not end within its time/);
    await gone(grandchild);
  });

  it('insists after the grace, with a grandchild whose parent is gone too', async () => {
    const { running, pid } = below(STUBBORN, { timeoutMs: 2500, graceMs: 300 });
    const grandchild = await pid;
    expect(await running).toMatchObject({ timedOut: true });
    await gone(grandchild);
  });

  it('insists with the program itself', async () => {
    const file = join(scratchFolder(), 'pid');
    const result = await run(NODE, ['-e', STUBBORN, file], { ...quiet, timeoutMs: 2500, graceMs: 200 });
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
  });

  it('leaves time to what cleans up below a shell that is gone at once', async () => {
    const file = join(scratchFolder(), 'pid');
    const saving = `process.on('SIGTERM', () => setTimeout(() => {
        require('node:fs').writeFileSync(process.argv[1] + '.saved', 'yes'); process.exit(0); }, 500));
      require('node:fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000);`;
    const { path } = script('shell', `#!/bin/sh\n"$@" >/dev/null 2>&1 &\nwait\n`);
    const stop = new AbortController();
    const running = run(path, [NODE, '-e', saving, file], { ...quiet, signal: stop.signal, graceMs: 20_000 });
    await pidIn(file);
    stop.abort();
    await running;
    expect(existsSync(`${file}.saved`)).toBe(true);
  });

  it('may be longer than a timer holds', async () => {
    expect(await run('true', [], { ...quiet, timeoutMs: 2 ** 40 })).toMatchObject({
      exitCode: 0,
      timedOut: false,
    });
  });
});

it('ends what is aborted, before and while it runs', async () => {
  const { running, pid } = below(MEEK, { signal: AbortSignal.abort() });
  pid.catch(() => undefined);
  expect(await running).toMatchObject({ exitCode: null, timedOut: false });
});

it('does not wait for a grandchild that left the group and holds the pipe', async () => {
  const file = join(scratchFolder(), 'pid');
  const detach = `const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', process.argv[1], process.argv[2]], { detached: true, stdio: 'inherit' }).unref();
    console.log('done');`;
  const result = await run(NODE, ['-e', detach, MEEK, file], quiet);
  const pid = await pidIn(file);
  expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  expect(isRunning(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
});

it('leaves no listener behind, and adds one for many', async () => {
  const before = ['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name));
  const many = Array.from({ length: 15 }, () => run('sleep', ['0.3'], quiet));
  await vi.waitFor(() => expect(process.listenerCount('SIGTERM')).toBe((before[1] ?? 0) + 1));
  await Promise.all(many);
  expect(['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name))).toEqual(before);
});

describe('when this process is told to end', () => {
  /** A process of its own that runs `STUBBORN` or `MEEK`, then does `after`. */
  async function host(program: string, after: string) {
    const file = join(scratchFolder(), 'pid');
    const kit = pathToFileURL(join(import.meta.dirname, '../lib/index.js')).href;
    const text = `import { run } from ${JSON.stringify(kit)};
      const running = run(process.execPath, ['-e', ${JSON.stringify(program)}, ${JSON.stringify(file)}], { show: 'never', graceMs: 300 });
      ${after}`;
    const child = spawn(NODE, ['--input-type=module', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    const pid = await pidIn(file);
    return { child, pid, said: () => said, ended: once(child, 'close') };
  }

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s reaches the program, and the result says why it ended',
    async (signal) => {
      const { child, pid, said, ended } = await host(MEEK, 'console.log(JSON.stringify(await running));');
      child.kill(signal);
      await ended;
      expect(JSON.parse(said())).toMatchObject({ cancelled: true, signal: 'SIGTERM', timedOut: false });
      expect(isRunning(pid)).toBe(false);
    },
  );

  it('a program that will not end is killed, and not run again', async () => {
    const { child, pid, said, ended } = await host(STUBBORN, 'console.log((await running).signal);');
    child.kill('SIGTERM');
    await ended;
    expect(said()).toBe('SIGKILL\n');
    await gone(pid);
  });

  it('nothing outlives a process that just ends', async () => {
    const { pid, ended } = await host(STUBBORN, `setTimeout(() => process.exit(1), 2500);`);
    await ended;
    await gone(pid);
  });
});
