// What docker-build costs over the bare `docker buildx build`, for a build in which nothing changed, pushed to a
// registry on this machine; beside docker/build-push-action's bundle where one is named:
//   node benchmarks/docker-build.mjs [--peer path/to/build-push-action/dist/index.cjs] [--runs 9]
// Runs take turns, so that whatever else the machine does falls on all alike. Read the ratios, not the seconds.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missing, programs, startBuildkit, startRegistry } from '../actions/docker-build/test/real/parts.ts';

const { values } = parseArgs({
  options: { peer: { type: 'string' }, runs: { type: 'string', default: '9' } },
});
if (missing !== '') {
  console.error(`This needs real parts, and is without: ${missing}. 'npm run demo' prepares them.`);
  process.exit(1);
}
const bundle = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  'actions/docker-build/dist/main/index.js',
);
const folder = mkdtempSync(join(tmpdir(), 'bench-docker-build-'));
const context = join(folder, 'context');
const home = join(folder, 'home');
const [buildkit, registry] = await Promise.all([startBuildkit(), startRegistry({ guarded: false })]);
try {
  prepare();
  report(measure(contestants(), Number(values.runs)));
} finally {
  await Promise.all([buildkit.stop(), registry.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

function prepare() {
  mkdirSync(context);
  writeFileSync(join(context, 'hello'), 'hello\n');
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY hello /hello\n');
  mkdirSync(join(home, '.docker/cli-plugins'), { recursive: true });
  symlinkSync(programs.buildx, join(home, '.docker/cli-plugins/docker-buildx'));
  const made = spawnSync(
    programs.buildx,
    ['create', '--name', 'bench', '--driver', 'remote', buildkit.address],
    {
      env: { HOME: home, PATH: process.env.PATH },
    },
  );
  if (made.status !== 0) throw new Error(made.stderr.toString());
}

function contestants() {
  const image = `${registry.address}/acme/bench`;
  const bare = [
    'build',
    '--builder',
    'bench',
    '--provenance=mode=max',
    '--push',
    '--tag',
    `${image}:bare`,
    context,
  ];
  const ours = {
    INPUT_IMAGE: image,
    INPUT_PUSH: 'true',
    INPUT_BUILDER: 'bench',
    INPUT_CACHE: 'none',
    INPUT_TAGS: 'ours',
    'INPUT_REGISTRY-INSECURE': 'true',
  };
  const theirs = {
    INPUT_CONTEXT: context,
    INPUT_PUSH: 'true',
    INPUT_LOAD: 'false',
    INPUT_PULL: 'false',
    'INPUT_NO-CACHE': 'false',
    INPUT_BUILDER: 'bench',
    INPUT_PROVENANCE: 'mode=max',
    INPUT_TAGS: `${image}:peer`,
    DOCKER_BUILD_SUMMARY: 'false',
    DOCKER_BUILD_RECORD_UPLOAD: 'false',
  };
  return {
    'bare buildx': { argv: [programs.buildx, ...bare], env: {} },
    'docker-build': { argv: [process.execPath, bundle], env: ours },
    ...(values.peer && { peer: { argv: [process.execPath, resolve(values.peer)], env: theirs } }),
  };
}

/** @returns for each contestant its runs, in seconds of CPU (children included) and of wall clock */
function measure(all, runs) {
  const results = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (let run = -1; run < runs; run++) {
    for (const [name, { argv, env }] of Object.entries(all)) {
      const result = timed(argv, { ...runnerEnvironment(), ...env });
      if (run >= 0) results[name].push(result); // the first run warms the builder and the disk cache
    }
  }
  return results;
}

function timed(argv, env) {
  const started = performance.now();
  const script = 'TIMEFORMAT="%U %S"; time "$@" > "$LOG" 2>&1';
  const result = spawnSync('bash', ['-c', script, 'bash', ...argv], { env, cwd: context });
  const wall = (performance.now() - started) / 1000;
  if (result.status !== 0) throw new Error(`${argv.join(' ')} ended with ${result.status}; see ${env.LOG}`);
  const [user, system] = result.stderr.toString().trim().split('\n').at(-1).split(' ').map(Number);
  return { cpu: user + system, wall };
}

function runnerEnvironment() {
  const run = mkdtempSync(join(folder, 'run-'));
  const file = (name) => {
    writeFileSync(join(run, name), '');
    return join(run, name);
  };
  return {
    PATH: `${dirname(programs.buildx)}:${process.env.PATH}`,
    HOME: home,
    LOG: join(run, 'log'),
    RUNNER_TEMP: run,
    GITHUB_OUTPUT: file('output'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_WORKSPACE: context,
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_SHA: '4d1f0c3e5b6a79880123456789abcdef01234567',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: 'http://127.0.0.1:9',
    GITHUB_RUN_ID: '1',
  };
}

function report(results) {
  const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
  const of = (name, kind) => median(results[name].map((result) => result[kind]));
  const over = (name, kind) => of(name, kind) - of('bare buildx', kind);
  console.log('| | CPU s | wall s | CPU over bare | wall over bare |\n| --- | --- | --- | --- | --- |');
  for (const name of Object.keys(results)) {
    const cells = [of(name, 'cpu'), of(name, 'wall'), over(name, 'cpu'), over(name, 'wall')];
    console.log(`| ${name} | ${cells.map((seconds) => seconds.toFixed(2)).join(' | ')} |`);
  }
  if (!results.peer) return;
  const share = (kind) => `${Math.round((over('docker-build', kind) / over('peer', kind)) * 100)} %`;
  console.log(
    `\nOf the peer's overhead docker-build has ${share('cpu')} in CPU and ${share('wall')} in wall time.`,
  );
}
