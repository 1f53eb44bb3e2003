// What docker-build costs over the bare `docker buildx build`, pushed to a registry on this machine; beside
// docker/build-push-action's bundle where one is named:
//   node benchmarks/docker-build.mjs [--peer path/to/build-push-action/dist/index.cjs] [--runs 9] [--photo-app]
// for a build in which nothing changed; with --photo-app for the photo app with one file changed, on a builder that
// has nothing and a registry that has the layers of the build before (3 runs unless told otherwise).
// Runs take turns, so that whatever else the machine does falls on all alike. Read the ratios, not the seconds.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missing, programs, startBuildkit, startRegistry } from '../actions/docker-build/test/real/parts.ts';

const { values } = parseArgs({
  options: {
    peer: { type: 'string' },
    runs: { type: 'string' },
    'photo-app': { type: 'boolean', default: false },
  },
});
if (missing !== '') {
  console.error(`This needs real parts, and is without: ${missing}. 'npm run demo' prepares them.`);
  process.exit(1);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, 'actions/docker-build/dist/main/index.js');
const folder = mkdtempSync(join(tmpdir(), 'bench-docker-build-'));
const context = join(folder, 'context');
const home = join(folder, 'home');
const [buildkit, registry] = await Promise.all([startBuildkit(), startRegistry({ guarded: false })]);
try {
  prepareBuilder();
  if (values['photo-app']) {
    const bases = await preparePhotoApp();
    report(measure(contestants({ bases, cached: true }), Number(values.runs ?? 3), changeOneFile));
  } else {
    prepareSmall();
    report(measure(contestants({ bases: [], cached: false }), Number(values.runs ?? 9), () => {}));
  }
} finally {
  await Promise.all([buildkit.stop(), registry.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

function prepareSmall() {
  mkdirSync(context);
  writeFileSync(join(context, 'hello'), 'hello\n');
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY hello /hello\n');
}

/** @returns the base images, as build arguments; made here, since no registry of images may be in reach */
async function preparePhotoApp() {
  const { makeBaseImages } = await import('../packages/local/lib/services/base-images.js');
  const cache =
    process.env.FAIRWAY_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fairway');
  const [pause] = globSync(join(cache, 'programs/pause-*/pause'));
  const [busybox] = globSync(join(cache, 'programs/node-services-*/bin/busybox'));
  const generated = ['node_modules', 'lib', 'coverage', 'reports', 'data'];
  cpSync(join(root, 'examples/photo-app'), context, {
    recursive: true,
    filter: (path) => !generated.includes(basename(path)),
  });
  const { nodeBuild, nodeRuntime } = await makeBaseImages({
    ...{ registry: registry.address, buildkit: buildkit.address, buildx: programs.buildx, pause, busybox },
    work: join(folder, 'base-images'),
  });
  return [`NODE_BUILD_IMAGE=${nodeBuild}`, `NODE_RUNTIME_IMAGE=${nodeRuntime}`];
}

/** A runner of its own has an empty builder: all that is there is what the registry keeps. */
function changeOneFile(run) {
  appendFileSync(join(context, 'src/main.ts'), `// ${run}\n`);
  const args = ['prune', '--builder', 'bench', '--all', '--force'];
  const pruned = spawnSync(programs.buildx, args, { env: { HOME: home, PATH: process.env.PATH } });
  if (pruned.status !== 0) throw new Error(pruned.stderr.toString());
}

function prepareBuilder() {
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

function contestants({ bases, cached }) {
  const cache = (name) =>
    `type=registry,ref=${registry.address}/acme/bench:buildcache-${name},registry.insecure=true`;
  const kept = 'mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true';
  const image = `${registry.address}/acme/bench`;
  const bare = [
    'build',
    '--builder',
    'bench',
    '--provenance=mode=max',
    '--push',
    '--tag',
    `${image}:bare`,
    ...bases.flatMap((pair) => ['--build-arg', pair]),
    ...(cached ? ['--cache-from', cache('bare'), '--cache-to', `${cache('bare')},${kept}`] : []),
    context,
  ];
  const ours = {
    INPUT_IMAGE: image,
    INPUT_PUSH: 'true',
    INPUT_BUILDER: 'bench',
    INPUT_CACHE: cached ? 'registry' : 'none',
    'INPUT_BUILD-ARGS': bases.join('\n'),
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
    'INPUT_BUILD-ARGS': bases.join('\n'),
    ...(cached && { 'INPUT_CACHE-FROM': cache('peer'), 'INPUT_CACHE-TO': `${cache('peer')},${kept}` }),
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
function measure(all, runs, before) {
  const results = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (let run = -1; run < runs; run++) {
    for (const [name, { argv, env }] of Object.entries(all)) {
      before(`${run} of ${name}`);
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
  if (result.status !== 0) {
    const said = readFileSync(env.LOG, 'utf8').slice(-2000);
    throw new Error(`${argv.join(' ')} ended with ${result.status}:\n${said}`);
  }
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
  console.log('| | CPU s | wall s | CPU over bare | wall over bare | wall in bare’s |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const name of Object.keys(results)) {
    const cells = [of(name, 'cpu'), of(name, 'wall'), over(name, 'cpu'), over(name, 'wall')];
    cells.push(of(name, 'wall') / of('bare buildx', 'wall'));
    console.log(`| ${name} | ${cells.map((figure) => figure.toFixed(2)).join(' | ')} |`);
  }
  if (!results.peer) return;
  const share = (kind) => `${Math.round((over('docker-build', kind) / over('peer', kind)) * 100)} %`;
  console.log(
    `\nOf the peer's overhead docker-build has ${share('cpu')} in CPU and ${share('wall')} in wall time.`,
  );
}
