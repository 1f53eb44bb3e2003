// What each bundle costs to start: loading, then failing on its inputs, as every step of a workflow pays it.
//
//   npm run bench [-- --rounds 15] [-- --only notify] [-- --peer NAME=path/to/dist/index.js] [-- --check]
//
// Every run of a bundle is alternated with one of `node -e 0` in the same environment; ratios of medians of CPU time
// (user and system) are what can be compared between machines. --check makes a goal that is not met an error.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const root = dirname(import.meta.dirname);

/** The goals: the lightest peer's start, and a main chunk that stays readable for V8 in a few milliseconds. */
const GOAL = { ratio: 1.9, mainBytes: 450_000 };

/** Tells on descriptor 3, when the process ends, what it has used. It costs bare node the same. */
const METER = `process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require('node:fs').writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, rssMB: maxRSS / 1024 }));
});`;

/** Refused by every reader but that of free text: no flag, number, duration or choice, and a way out of the workspace. */
const REFUSED = '../../neither this nor that';

/** The files that the runner gives to every step. */
const FILES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'];

/** A bundle takes no longer than this to fail; one that does is not failing on its inputs. Milliseconds. */
const LIMIT_MS = 30_000;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    only: { type: 'string' },
    peer: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
  },
});

const work = mkdtempSync(join(tmpdir(), 'fairway-bench-'));
try {
  const subjects = [...ownBundles(), ...options.peer.map(peerBundle)];
  if (subjects.length === 0) throw new Error('There is no bundle to measure. Build first:  npm run build');
  const results = await measure(subjects, Math.max(9, Number(options.rounds) || 9));
  show(results);
  save(results);
  if (options.check && results.some((result) => result.met === false)) process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Every bundle of this repository, main and post. */
function ownBundles() {
  return readdirSync(join(root, 'actions')).flatMap((action) => {
    if (options.only !== undefined && action !== options.only) return [];
    const folder = join(root, 'actions', action);
    const entries = ['main', 'post'].filter((entry) => existsSync(join(folder, 'dist', entry, 'index.js')));
    return entries.map((entry) => ({
      name: entry === 'main' ? action : `${action} (post)`,
      script: join(folder, 'dist', entry, 'index.js'),
      env: entry === 'main' ? refusedInputs(join(folder, 'action.yml')) : {},
      fails: entry === 'main',
      own: true,
    }));
  });
}

function refusedInputs(file) {
  const { inputs } = parse(readFileSync(file, 'utf8'));
  return Object.fromEntries(
    Object.keys(inputs ?? {}).map((name) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, REFUSED]),
  );
}

/** A bundle of somebody else's, given no input at all. */
function peerBundle(given) {
  const [name, path] = given.split(/=(.*)/s);
  if (!path || !existsSync(path)) {
    throw new Error(`--peer ${given}: write  --peer NAME=PATH  with the path of a bundle's index.js`);
  }
  return { name, script: resolve(path), env: {}, fails: true, own: false };
}

async function measure(subjects, rounds) {
  writeFileSync(join(work, 'meter.cjs'), METER);
  const runs = new Map(subjects.map((subject) => [subject, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [subject, kept] of runs) {
      const bare = await runOnce(['-e', '0'], {});
      const loaded = await runOnce([subject.script], subject.env);
      if (round > 0) kept.push({ bare, loaded }); // the first round warms the file cache
    }
    if (process.stdout.isTTY) process.stdout.write(`\rround ${round} of ${rounds} `);
  }
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
  return subjects.map((subject) => judge(subject, runs.get(subject)));
}

/** One run in a clean environment and an empty workspace: what it used, and how it ended. */
async function runOnce(args, env) {
  const files = FILES.map((name) => [name, join(work, name)]);
  for (const [, path] of files) writeFileSync(path, '');
  const runner = {
    RUNNER_TEMP: work,
    GITHUB_WORKSPACE: work,
    GITHUB_ACTIONS: 'true',
    ...Object.fromEntries(files),
  };
  const child = spawn(process.execPath, ['--require', join(work, 'meter.cjs'), ...args], {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: work, ...runner, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const read = (stream) => stream.setEncoding('utf8').reduce((all, part) => all + part, '');
  const texts = Promise.all([child.stdio[1], child.stdio[2], child.stdio[3]].map(read));
  const [exitCode] = await once(child, 'close');
  const [stdout, stderr, used] = await texts;
  if (used === '')
    throw new Error(`${args.join(' ')} ended by itself in no time it could tell of:\n${stdout}${stderr}`);
  return { ...JSON.parse(used), exitCode, said: stdout + stderr };
}

function judge(subject, runs) {
  const median = (of) => runs.map(of).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  const bareMs = median(({ bare }) => bare.cpuMs);
  const cpuMs = median(({ loaded }) => loaded.cpuMs);
  const folder = dirname(subject.script);
  const scripts = readdirSync(folder, { recursive: true }).filter((file) => /\.[cm]?js$/.test(file));
  const result = {
    name: subject.name,
    own: subject.own,
    rounds: runs.length,
    ratio: cpuMs / bareMs,
    cpuMs,
    bareMs,
    rssMB: median(({ loaded }) => loaded.rssMB),
    bareRssMB: median(({ bare }) => bare.rssMB),
    mainBytes: statSync(subject.script).size,
    allBytes: scripts.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0),
    /** Whether it ended on its inputs, as meant; a main that did not was measured doing something else. */
    failedAsMeant: runs.every(({ loaded }) => (loaded.exitCode !== 0) === subject.fails),
    said: runs[0].loaded.said.trim().slice(0, 500),
  };
  const met = result.ratio <= GOAL.ratio && result.mainBytes <= GOAL.mainBytes && result.failedAsMeant;
  return subject.own ? { ...result, met } : result;
}

function show(results) {
  const rows = [
    ['bundle', 'start-up ÷ node', 'peak MB', 'main KB', 'all KB', 'goal'],
    ...results.map((result) => [
      result.name,
      result.ratio.toFixed(2),
      `${result.rssMB.toFixed(0)} (node ${result.bareRssMB.toFixed(0)})`,
      (result.mainBytes / 1000).toFixed(0),
      (result.allBytes / 1000).toFixed(0),
      verdict(result),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  console.log(
    `\nCPU time over that of \`node -e 0\`, medians of ${results[0].rounds} alternated runs on Node ${process.version}. ` +
      `Goal: at most ${GOAL.ratio} times, main at most ${GOAL.mainBytes / 1000} KB.`,
  );
}

function verdict({ own, met, failedAsMeant, ratio }) {
  if (!failedAsMeant) return 'did not end as meant; see said in the JSON';
  if (!own) return '';
  if (met) return 'met';
  return ratio > GOAL.ratio ? 'NOT met: too slow' : 'NOT met: too large';
}

function save(results) {
  const file = join(root, 'out/bench/start-up.json');
  mkdirSync(dirname(file), { recursive: true });
  const host = { node: process.version, platform: process.platform, cores: availableParallelism() };
  writeFileSync(file, `${JSON.stringify({ host, goal: GOAL, results }, null, 2)}\n`);
  console.log(`Written: out/bench/start-up.json`);
}
