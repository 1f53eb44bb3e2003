import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runWorkflow } from '../src/engine/act.ts';
import { isBetween } from '../src/flow/interrupting.ts';

// A runner that has begun a job, whose step goes on for longer than any test; the step notes its process.
const runner = `#!/bin/sh
setsid sleep 600 &
echo $! > "$STEP_FILE"
echo '{"job":"cicd / Staging","jobID":"staging","msg":"begun"}'
wait
`;

it.skipIf(!existsSync('/proc/self/environ'))(
  'a runner that dies takes its steps along, at once',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairway-dying-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const act = join(folder, 'engine');
    const step = join(folder, 'step');
    await writeFile(act, runner.replace('$STEP_FILE', step));
    await chmod(act, 0o755);
    await writeFile(join(folder, 'event.json'), '{}');
    const death = new AbortController();
    const result = await runWorkflow(
      {
        ...{ repository: 'acme/app', folder, workflow: 'cicd.yml', branch: 'main', actor: 'robin' },
        ...{ event: 'push', eventFile: join(folder, 'event.json') },
        ...{ variables: {}, secrets: {}, environment: {}, localRepositories: new Map(), labels: [] },
      },
      { act, programs: [], folder, death: death.signal, onEvent: () => death.abort() },
    );
    expect(result.exitCode).toBeNull();
    expect(result.jobs.map(({ name, result: outcome }) => [name, outcome])).toEqual([
      ['cicd / Staging', undefined],
    ]);
    const pid = (await readFile(step, 'utf8')).trim();
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone Z');
    expect(state).toMatch(/ Z\b/); // ended, whether or not somebody has collected it yet
  },
);

it('knows the moment between two releases', () => {
  const pod = (templateHash: string) => ({
    ...{ name: templateHash, uid: templateHash, ready: true, digest: '', asked: '' },
    templateHash,
  });
  const view = (state: string, ...templates: readonly string[]) => ({
    ...{ namespace: 'n', clusterAddress: undefined },
    pods: templates.map(pod),
    releases: [{ number: 1, state, reason: '', digest: '' }],
  });
  const before = view('good', 'old');
  expect(isBetween(before, view('pending', 'old', 'new'))).toBe(true);
  expect(isBetween(before, view('pending', 'old'))).toBe(false); // nothing has begun
  expect(isBetween(before, view('pending', 'new'))).toBe(false); // nothing old is left
  expect(isBetween(before, view('good', 'old', 'new'))).toBe(false); // pods that are still leaving
});
