import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@fairway/exec-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommand } from '../src/start-command.js';
import { ENDINGS, START_SCRIPT, startDockerfile } from '../src/start-script.js';
import { failureOf } from '../src/start-test.js';
import { find } from './real/find.ts';
import { freePort } from './real/ports.ts';

const busybox = find('busybox');

const SERVER = `const [host, status] = process.argv.slice(2);
require('node:http').createServer((request, response) => {
  console.log(request.method, request.url);
  response.writeHead(Number(status), { location: 'https://elsewhere.invalid/' }).end();
}).listen(Number(process.env.PORT), host);
`;

const inputs = {
  port: 8080,
  path: '/healthz',
  env: new Map<string, string>(),
  timeoutMs: 30_000,
  probeImage: 'docker.io/library/busybox:1',
};
const argvOf = (dockerfile: string): string[] =>
  JSON.parse(/^RUN (?:--\S+ )+(\[.*\])$/m.exec(dockerfile)?.[1] ?? '');

describe('what an image starts', () => {
  it.each<[string, object, string[]]>([
    ['a command', { Cmd: ['/server', '--port', '80'] }, ['/server', '--port', '80']],
    ['an entry point, with null for a command', { Entrypoint: ['/server'], Cmd: null }, ['/server']],
    [
      'both, one after the other',
      { Entrypoint: ['/tini', '--'], Cmd: ['node', 'a'] },
      ['/tini', '--', 'node', 'a'],
    ],
    ['the shell form', { Cmd: ['/bin/sh', '-c', 'npm start'] }, ['/bin/sh', '-c', 'npm start']],
  ])('%s', (_, config, argv) => {
    expect(startCommand({ config })).toEqual(argv);
  });

  it.each<[string, unknown]>([
    ['neither', { config: { Entrypoint: null } }],
    ['nothing in them', { config: { Entrypoint: [], Cmd: [] } }],
    ['no settings', {}],
    ['no configuration', false],
  ])('is asked for where there is %s', (_, configuration) => {
    expect(() => startCommand(configuration)).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message: expect.stringContaining('neither ENTRYPOINT nor CMD'),
        remedy: expect.stringContaining('CMD ["/app/server"]'),
      }),
    );
  });
});

describe('the Dockerfile that starts an image', () => {
  it('gives port, path and seconds, then the variables by number, then the program', () => {
    const env = new Map([['A', '1 2']]);
    const dockerfile = startDockerfile(['/server', '-v'], { ...inputs, env, timeoutMs: 1500 });
    expect(argvOf(dockerfile)).toEqual([
      '/.fairway/busybox',
      'sh',
      '/.fairway/start.sh',
      '8080',
      '/healthz',
      '2',
      '1',
      'A=1 2',
      '/server',
      '-v',
    ]);
    expect(dockerfile).toContain('RUN --network=none --mount=type=bind,from=docker.io/library/busybox:1,');
  });

  it.each(['"] && id\nRUN id', "' ; id #", '$(id) `id` ${X}', '\\', '<<EOF'])(
    'keeps hostile words as words: %j',
    (word) => {
      const dockerfile = startDockerfile(['/server', word], { ...inputs, env: new Map([['A', word]]) });
      expect(dockerfile.trim().split('\n')).toHaveLength(2);
      expect(argvOf(dockerfile).slice(-3)).toEqual([`A=${word}`, '/server', word]);
    },
  );
});

describe('a start that failed', () => {
  const of = (exitCode: number | undefined, ...tail: string[]) =>
    failureOf(
      {
        ok: false,
        timedOut: false,
        ...(exitCode !== undefined && { exitCode }),
        tail,
        error: 'no such image',
      },
      inputs,
    );

  it.each<[number | undefined, string[], string, RegExp]>([
    [
      ENDINGS.ended,
      ['no database', 'fairway: ended with exit code 3'],
      'The image ended with exit code 3 before it answered; the image was not pushed.\nIt printed last:\nno database',
      /test-env: /,
    ],
    [
      ENDINGS.silent,
      ['fairway: did not answer'],
      'The image runs, and did not answer at http://127.0.0.1:8080/healthz within 30.0 s; the image was not pushed.\nIt printed nothing.',
      /test-timeout: 2m/,
    ],
    [
      ENDINGS.refused,
      ['oh', 'fairway: answered 500'],
      'The image answered 500 at http://127.0.0.1:8080/healthz to the end of 30.0 s, which is neither 2xx nor 3xx; the image was not pushed.\nIt printed last:\noh',
      /test-path: /,
    ],
    [
      undefined,
      [],
      'The image could not be started for a test; the image was not pushed.\nBuildKit says: no such image',
      /probe-image/,
    ],
  ])('%s', (exitCode, tail, message, remedy) => {
    expect(of(exitCode, ...tail)).toMatchObject({
      code: 'smoke-test-failed',
      message,
      remedy: expect.stringMatching(remedy),
    });
  });
});

it('a start below port 1024 that failed is told who may listen there', () => {
  const ended = { ok: false, timedOut: false, exitCode: ENDINGS.ended, tail: [], error: '' };
  expect(failureOf(ended, { ...inputs, port: 80 }).remedy).toContain('only root may listen below 1024');
  expect(failureOf(ended, inputs).remedy).not.toContain('1024');
});

/** The script itself, by a real busybox, as a BuildKit step would run it. */
describe.skipIf(busybox === undefined)(
  `the script${busybox === undefined ? ' (missing: busybox, statically linked)' : ''}`,
  () => {
    let folder = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'start-test-'));
      await writeFile(join(folder, 'start.sh'), START_SCRIPT.replaceAll('/.fairway/busybox', busybox ?? ''));
      await writeFile(join(folder, 'server.cjs'), SERVER);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const runScript = async (port: number, seconds: number, env: string[], program: string[]) => {
      const words = [
        join(folder, 'start.sh'),
        port,
        '/healthz?a=1&b',
        seconds,
        env.length,
        ...env,
        ...program,
      ];
      const result = await run(busybox ?? '', ['sh', ...words.map(String)], { show: 'never' });
      return { code: result.exitCode, said: result.stdout.trim().split('\n') };
    };
    const server = (status: number, host: string) => [
      process.execPath,
      ...[join(folder, 'server.cjs'), host, String(status)],
    ];

    it.each([200, 204, 302, 399])('takes %i for an answer', async (status) => {
      const port = await freePort();
      const result = await runScript(port, 20, [`PORT=${port}`], server(status, '0.0.0.0'));
      expect(result).toEqual({
        code: 0,
        said: ['GET /healthz?a=1&b', expect.stringMatching(`^fairway: answered ${status} after \\d+ s$`)],
      });
    });

    it('says when nobody else would reach it', async () => {
      const port = await freePort();
      const { code, said } = await runScript(port, 20, [`PORT=${port}`], server(200, '127.0.0.1'));
      expect(code).toBe(0);
      expect(said.at(-1)).toMatch(/ on 127\.0\.0\.1 only$/);
    });

    it('takes 503 for none', async () => {
      const port = await freePort();
      const { code, said } = await runScript(port, 3, [`PORT=${port}`], server(503, '0.0.0.0'));
      expect(code).toBe(ENDINGS.refused);
      expect(said.at(-1)).toBe('fairway: answered 503');
    });

    it('ends what never answers, even where that would rather not', async () => {
      const program = ['/bin/sh', '-c', 'trap "" TERM; echo $$; while :; do sleep 1; done'];
      const { code, said } = await runScript(await freePort(), 1, [], program);
      expect(code).toBe(ENDINGS.silent);
      expect(() => process.kill(Number(said[0]), 0)).toThrow(/ESRCH/);
    });

    it('hands over variables and arguments as they are, and tells the exit code', async () => {
      const odd = '$(id) `id` "\' * \\ ;';
      const program = ['/bin/sh', '-c', 'printf "%s\\n" "$A" "$port" "$0" "$1"; exit 7', odd, '-x'];
      expect(await runScript(await freePort(), 5, [`A=${odd}`, 'port=mine'], program)).toEqual({
        code: ENDINGS.ended,
        said: [odd, 'mine', odd, '-x', 'fairway: ended with exit code 7'],
      });
    });

    it.each(['httpd', 'no such program'])('starts no program of its own in place of %j', async (name) => {
      const { code, said } = await runScript(await freePort(), 5, [`PATH=${folder}`], [name, '--help']);
      expect({ code, said }).toEqual({
        code: ENDINGS.ended,
        said: [`${name} is not on PATH (${folder})`, 'fairway: ended with exit code 127'],
      });
    });
  },
);
