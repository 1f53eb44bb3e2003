import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { outcome, query, quoted, run, runOrThrow, which } from '../src/index.ts';
import { NODE, printed, scratchFolder, script } from './scene.ts';

afterEach(() => vi.unstubAllEnvs());

const quiet = { show: 'never' } as const;
const ARGUMENTS = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
const hostile = [
  '',
  'two words',
  "it's",
  '"double"',
  '$(touch x)',
  '`touch x`',
  '$HOME',
  'a\nb',
  ';',
  '&&',
  '|',
  '>out',
  '*',
  '~',
  '\\',
  '%PATH%',
  '-',
  'é',
];

describe('arguments', () => {
  it('reach the program as they are', async () => {
    const args = ['-e', ARGUMENTS, '--', ...hostile];
    const result = await run(NODE, args, quiet);
    expect(JSON.parse(result.stdout)).toEqual(hostile);
    expect(result).toMatchObject({ argv: [NODE, ...args], exitCode: 0, signal: null, timedOut: false });
    expect(JSON.parse(await query(NODE, args))).toEqual(hostile);
  });

  it('are shown as a shell would read them', async () => {
    const { stdout } = await run(
      'sh',
      ['-c', `exec ${quoted(NODE, ['-e', ARGUMENTS, '--', ...hostile])}`],
      quiet,
    );
    expect(JSON.parse(stdout)).toEqual(hostile);
  });

  it.each([
    [['a\0b'], /NUL character/],
    [Array(2000).fill('x'.repeat(100_000)), /arguments are longer than the system allows/],
  ])('that no program can take are refused', async (args, remedy) => {
    await expect(run(NODE, args, quiet)).rejects.toMatchObject({
      code: 'command-failed',
      remedy: expect.stringMatching(remedy),
    });
  });
});

it('gives standard input, a large one too, and closes it', async () => {
  const count = 'let n = 0; process.stdin.on("data", (d) => n += d.length).on("end", () => console.log(n))';
  expect((await run(NODE, ['-e', count], { ...quiet, input: Buffer.alloc(5_000_000) })).stdout).toBe(
    '5000000\n',
  );
  expect((await run(NODE, ['-e', count], quiet)).stdout).toBe('0\n');
  expect(await query(NODE, ['-e', count])).toBe('0');
  expect(await query(NODE, ['-e', count], { input: 'four' })).toBe('4');
});

it('does not mind a program that does not read its input', async () => {
  const result = await run('true', [], { ...quiet, input: Buffer.alloc(5_000_000) });
  expect(result.exitCode).toBe(0);
});

it('gives back what a program ended with', async () => {
  const result = await run('sh', ['-c', 'echo out; echo err >&2; exit 3'], quiet);
  expect(result).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', truncated: false });
  expect(outcome(result)).toBe('ended with exit code 3');
  const killed = await run('sh', ['-c', 'kill -KILL $$'], quiet);
  expect(killed).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  expect(outcome(killed)).toBe('was ended by SIGKILL');
});

it('throws with the end of what the program said', async () => {
  const many = 'for i in $(seq 1 100); do echo "line $i" >&2; done; exit 2';
  await expect(
    runOrThrow('sh', ['-c', many], { ...quiet, title: 'the tool', remedy: 'Mend it.' }),
  ).rejects.toMatchObject({
    code: 'command-failed',
    message: expect.stringMatching(/^the tool ended with exit code 2:\nline 81\n[\s\S]*line 100$/),
    remedy: 'Mend it.',
  });
  await expect(query('sh', ['-c', 'echo no >&2; exit 1'])).rejects.toMatchObject({
    code: 'command-failed',
    message: "sh -c 'echo no >&2; exit 1' ended with exit code 1: no",
  });
});

it('hands on lines of both streams', async () => {
  const [out, err]: [string[], string[]] = [[], []];
  await run('printf', ['a\r\n\nb'], { ...quiet, onStdoutLine: (line) => out.push(line) });
  await run('sh', ['-c', 'printf "c\nd" >&2'], { ...quiet, onStderrLine: (line) => err.push(line) });
  expect([out, err]).toEqual([
    ['a', '', 'b'],
    ['c', 'd'],
  ]);
});

it('keeps the end of 200 MB in bounded memory', async () => {
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const result = await run('sh', ['-c', 'yes "a line of it" | head -c 200000000; echo last'], {
    ...quiet,
    captureBytes: 100_000,
  });
  clearInterval(watch);
  expect(result.truncated).toBe(true);
  expect(result.stdout.length).toBeLessThanOrEqual(100_000);
  expect(result.stdout).toMatch(/^a line of it\n[\s\S]*last\n$/);
  expect(most).toBeGreaterThan(0);
  expect(most - before).toBeLessThan(100_000_000);
});

describe('what cannot be started', () => {
  it('is missing', async () => {
    for (const start of [run, runOrThrow, query]) {
      await expect(start('no-such-tool', [])).rejects.toMatchObject({
        code: 'tool-missing',
        message: expect.stringContaining("'no-such-tool' is not on PATH"),
      });
    }
    await expect(run('./no-such-tool', [])).rejects.toMatchObject({ code: 'tool-missing' });
    expect(await which('no-such-tool')).toBeUndefined();
  });

  it('may not be executed', async () => {
    const { folder, path } = script('tool', '#!/bin/sh\n', 0o644);
    await expect(run(path, [], quiet)).rejects.toMatchObject({
      code: 'command-failed',
      remedy: expect.stringContaining('chmod +x'),
    });
    // On PATH it is as good as not there.
    await expect(run('tool', [], { ...quiet, env: { PATH: folder } })).rejects.toMatchObject({
      code: 'tool-missing',
    });
  });

  it('names an interpreter that is missing', async () => {
    const { path } = script('tool', '#!/no/such/interpreter\n');
    await expect(run(path, [], quiet)).rejects.toMatchObject({ remedy: expect.stringContaining("'#!…'") });
  });

  it('has no folder to run in', async () => {
    const cwd = join(scratchFolder(), 'gone');
    await expect(run(NODE, ['-v'], { ...quiet, cwd })).rejects.toMatchObject({
      code: 'command-failed',
      remedy: expect.stringContaining(`${cwd}, is not there`),
    });
    await expect(query(NODE, ['-v'], { cwd })).rejects.toMatchObject({ code: 'command-failed' });
    writeFileSync(cwd, '');
    await expect(run(NODE, ['-v'], { ...quiet, cwd })).rejects.toMatchObject({
      remedy: expect.stringContaining('is a file, not a folder'),
    });
  });
});

describe('PATH', () => {
  it('is the one that the program will have', async () => {
    const { folder, path } = script('tool', '#!/bin/sh\necho "mine $1"\n');
    const env = { PATH: `${folder}:${process.env.PATH}` };
    expect((await run('tool', ['x'], { ...quiet, env })).stdout).toBe('mine x\n');
    expect(await query('tool', ['y'], { env })).toBe('mine y');
    vi.stubEnv('PATH', env.PATH);
    expect(await which('tool')).toBe(path);
  });

  it('stays what it is while many look at once', async () => {
    const own = process.env.PATH;
    const { folder } = script('tool', '#!/bin/sh\n');
    const runs = Array.from({ length: 12 }, (_, index) =>
      run('tool', [], { ...quiet, env: { PATH: `/nowhere/${index}:${folder}` } }),
    );
    await Promise.all(runs);
    expect(process.env.PATH).toBe(own);
  });

  it('skips folders of that name, and never means the current folder', async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'first/tool'), { recursive: true });
    mkdirSync(join(folder, 'second'));
    writeFileSync(join(folder, 'second/tool'), '#!/bin/sh\necho second\n');
    chmodSync(join(folder, 'second/tool'), 0o755);
    const env = { PATH: `${folder}/first::${folder}/second` };
    expect((await run('tool', [], { ...quiet, cwd: folder, env })).stdout).toBe('second\n');
    const way = relative(process.cwd(), join(folder, 'second'));
    await expect(
      run('tool', [], { ...quiet, cwd: join(folder, 'second'), env: { PATH: `:${way}` } }),
    ).rejects.toMatchObject({
      code: 'tool-missing',
    });
  });

  it('is not asked for a path, which counts from the folder to run in', async () => {
    const { folder } = script('tool', '#!/bin/sh\necho here\n');
    expect((await run('./tool', [], { ...quiet, cwd: folder })).stdout).toBe('here\n');
    expect(await query('./tool', [], { cwd: folder })).toBe('here');
  });

  it('takes a path with quotes and spaces', async () => {
    const { path } = script(`the "odd" tool's`, '#!/bin/sh\necho "$1"\n');
    expect(await query(path, ['a "b" c'])).toBe('a "b" c');
  });
});

describe('retry', () => {
  /** Fails with exit code 75 until it has been run `times` times. */
  const flaky = (times: number) => {
    const { path } = script(
      'flaky',
      `#!/bin/sh\necho x >> "$0.runs"\n[ "$(wc -l < "$0.runs")" -ge ${times} ] || exit 75\n`,
    );
    return path;
  };
  const retry = {
    attempts: 3,
    baseDelayMs: 1,
    retryable: ({ exitCode }: { exitCode: number | null }) => exitCode === 75,
  };

  it('runs again what may pass, so many times', async () => {
    expect((await run(flaky(3), [], { ...quiet, retry })).exitCode).toBe(0);
    expect((await run(flaky(4), [], { ...quiet, retry })).exitCode).toBe(75);
  });

  it('does not run again what will not', async () => {
    let asked = 0;
    const retryable = () => {
      asked++;
      return false;
    };
    const result = await run('sh', ['-c', 'exit 1'], { ...quiet, retry: { ...retry, retryable } });
    expect([result.exitCode, asked]).toEqual([1, 1]);
  });

  it('stops with the signal', async () => {
    const stop = new AbortController();
    const retryable = () => {
      stop.abort();
      return true;
    };
    const begun = performance.now();
    const options = { ...quiet, signal: stop.signal, retry: { attempts: 3, baseDelayMs: 60_000, retryable } };
    expect((await run('sh', ['-c', 'exit 75'], options)).exitCode).toBe(75);
    expect(performance.now() - begun).toBeLessThan(25_000);
  });
});

it('quotes so that a shell reads the same words', async () => {
  const word = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
      const { stdout } = await run('sh', ['-c', quoted('printf', ['%s\\0', ...words])], quiet);
      expect(stdout).toBe(words.length === 0 ? '\0' : words.map((one) => `${one}\0`).join(''));
    }),
    { numRuns: 25 },
  );
});

it('shows the argv, a title in its place, or nothing', async () => {
  expect(await printed(() => run('echo', ['a b']))).toBe("▸ echo 'a b'\na b\n");
  expect(await printed(() => run('echo', ['a'], { title: 'greet' }))).toBe('▸ greet\na\n');
  expect(await printed(() => run('echo', ['a'], quiet))).toBe('');
  expect(await printed(() => run('echo', ['a'], { show: 'on-failure' }))).toBe('▸ echo a\n');
  const failing = await printed(() =>
    run('sh', ['-c', 'echo ::error::x; exit 1'], { show: 'on-failure', title: 't' }),
  );
  expect(failing).toBe('▸ t\n\u200b::error::x\n');
});
