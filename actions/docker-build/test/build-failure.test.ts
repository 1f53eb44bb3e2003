import { describe, expect, it, test } from 'vitest';
import { explain } from '../src/build-failure.ts';
import { BuildTrace } from '../src/build-trace.ts';

function failure(messages: string[], steps: { name: string; error: string; output?: string }[] = []) {
  const trace = new BuildTrace();
  for (const [index, { name, error, output }] of steps.entries()) {
    const digest = String(index);
    const times = { started: '2026-01-01T00:00:00Z', completed: '2026-01-01T00:00:01Z' };
    trace.read(JSON.stringify({ vertexes: [{ digest, name, started: times.started }] }));
    if (output !== undefined) {
      trace.read(
        JSON.stringify({ logs: [{ vertex: digest, data: Buffer.from(output).toString('base64') }] }),
      );
    }
    trace.read(JSON.stringify({ vertexes: [{ digest, name, ...times, error }] }));
  }
  for (const message of messages) trace.read(message);
  return explain(trace);
}

// The words are those of BuildKit, containerd and registries, as they end a buildx run.
test.each<[string, string, boolean]>([
  [
    'ERROR: failed to build: failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
    'step-failed',
    false,
  ],
  [
    'ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref x::y: "/nope": not found',
    'missing-source',
    false,
  ],
  [
    'ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: FORM (did you mean FROM?)',
    'dockerfile-invalid',
    false,
  ],
  ['ERROR: failed to solve: target stage "prod" could not be found', 'dockerfile-invalid', false],
  ['ERROR: failed to build: failed to solve: secret key: not found', 'not-lent', false],
  ['ERROR: failed to build: failed to solve: unset ssh forward key default', 'not-lent', false],
  [
    "ERROR: failed to build: failed to load cache key: failed to fetch remote https://h/r.git: git stderr: fatal: could not read Username for 'https://h': terminal prompts disabled : exit status 128",
    'context-unreadable',
    false,
  ],
  [
    'ERROR: failed to build: failed to load cache key: repository does not contain ref nosuch, output: ""',
    'context-unreadable',
    false,
  ],
  [
    "ERROR: failed to build: failed to load cache key: failed to fetch remote https://h/r.git: git stderr: fatal: unable to access 'https://h/r.git/': The requested URL returned error: 503 : exit status 128",
    'context-unreadable',
    true,
  ],
  [
    'ERROR: failed to solve: docker.io/library/node:24: failed to resolve source metadata for docker.io/library/node:24: unexpected status from HEAD request to https://registry-1.docker.io/v2/library/node/manifests/24: 429 Too Many Requests',
    'registry-busy',
    true,
  ],
  [
    'ERROR: failed to solve: failed to push r/a:1: unexpected status from POST request to https://r/v2/a/blobs/uploads/: 503 Service Unavailable',
    'registry-busy',
    true,
  ],
  [
    'ERROR: failed to solve: failed to push r/a:1: failed to copy: write tcp 10.0.0.1:1->10.0.0.2:443: write: connection reset by peer',
    'registry-busy',
    true,
  ],
  [
    'ERROR: failed to solve: failed to push r/a:1: failed to do request: Put "https://r/v2/": unexpected EOF',
    'registry-busy',
    true,
  ],
  [
    'ERROR: failed to solve: failed to push r/a:1: failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://r/token: 401 Unauthorized',
    'registry-denied',
    false,
  ],
  [
    'ERROR: failed to solve: failed to push ghcr.io/a/b:1: denied: permission_denied: write_package',
    'registry-denied',
    false,
  ],
  [
    'ERROR: failed to solve: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'registry-denied',
    false,
  ],
  [
    'ERROR: failed to solve: failed to push 127.0.0.1:1/a:1: failed to do request: Head "http://127.0.0.1:1/v2/a/blobs/x": dial tcp 127.0.0.1:1: connect: connection refused',
    'registry-unreachable',
    true,
  ],
  ['ERROR: failed to solve: docker.io/library/nope:1: not found', 'registry-missing', false],
  ['ERROR: no builder "x" found', 'builder-unreachable', false],
  [
    'ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'builder-unreachable',
    false,
  ],
  ['ERROR: failed to build: Cache export is not supported for the docker driver.', 'builder-unsuited', false],
  ['ERROR: invalid progress mode rawjson', 'old-buildx', false],
  [
    'ERROR: failed to solve: failed to copy: write /var/lib/x: no space left on device',
    'out-of-space',
    false,
  ],
  ['ERROR: something nobody has seen', 'build-failed', false],
])('%s', (line, code, transient) => {
  expect(failure([line])).toMatchObject({ code, transient });
});

describe('a failing step', () => {
  it('is not tried again, though its output speaks of the registry', () => {
    const found = failure(
      ['ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1'],
      [
        {
          name: '[2/3] RUN npm ci',
          error: 'process did not complete',
          output: '503 Service Unavailable\n429\n',
        },
      ],
    );
    expect(found).toMatchObject({ code: 'step-failed', transient: false });
    expect(found.message).toContain('[2/3] RUN npm ci');
    expect(found.step?.tail).toEqual(['503 Service Unavailable', '429']);
  });

  it('is not tried again, though its own words speak of the registry', () => {
    const command = 'curl -f https://x || echo 503 Service Unavailable connection reset';
    const line = `ERROR: failed to solve: process "/bin/sh -c ${command}" did not complete successfully: exit code: 1`;
    expect(failure([line])).toMatchObject({ code: 'step-failed', transient: false });
  });

  it('is told apart from those that were stopped with it, and from a missing cache', () => {
    const found = failure(
      ['ERROR: failed to solve: process "/bin/false" did not complete successfully: exit code: 1'],
      [
        { name: 'importing cache manifest from r/a:x', error: 'not found' },
        { name: '[a 1/1] RUN sleep 9', error: 'context canceled' },
        {
          name: '[b 1/1] RUN /bin/false',
          error: 'process "/bin/false" did not complete successfully: exit code: 1',
        },
      ],
    );
    expect(found.step?.name).toBe('[b 1/1] RUN /bin/false');
  });
});

describe('the line of the Dockerfile', () => {
  it('is the one that BuildKit marks', () => {
    const found = failure([
      'Dockerfile:3',
      '--------------------',
      '   1 |     FROM scratch',
      '   2 |     ',
      '   3 | >>> RUN false && \\',
      '   4 | >>>     true',
      '--------------------',
      'ERROR: failed to solve: process "false" did not complete successfully: exit code: 1',
    ]);
    expect(found.line).toBe(3);
  });

  it('is the one that a parse error names', () => {
    expect(
      failure(['ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: FORM']).line,
    ).toBe(2);
  });

  it('is none where none is named', () => {
    expect(failure(['ERROR: x']).line).toBeUndefined();
  });
});
