// Reading JUnit files: CPU and peak memory of the test-runner, of the parser alone, and of peers' bundles.
//
//   node benchmarks/junit.mjs [--cases 1000,100000,1000000] [--rounds 5] [--peer NAME=FOLDER …]
//
// FOLDER is a checkout of a peer at the version to measure (its action.yml names the bundle); nothing is downloaded
// here. `mikepenz` and `dorny` know the inputs of mikepenz/action-junit-report and dorny/test-reporter. Every round runs
// each subject once, after `node -e 0`; medians are compared, and ratios are what to quote.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000,10000,100000' },
    rounds: { type: 'string', default: '5' },
    peer: { type: 'string', multiple: true, default: [] },
  },
});

/** What a peer needs to read a folder of JUnit files and to write no more than its summary. */
const PEER_INPUTS = {
  mikepenz: {
    report_paths: '*.xml',
    annotate_only: 'true',
    token: 'x',
    fail_on_failure: 'false',
    job_summary: 'true',
    detailed_summary: 'false',
    updateComment: 'false',
  },
  dorny: {
    name: 'tests',
    path: '*.xml',
    reporter: 'java-junit',
    token: 'x',
    'use-actions-summary': 'true',
    'fail-on-error': 'false',
    'list-suites': 'failed',
    'list-tests': 'none',
    'max-annotations': '0',
    'only-summary': 'true',
    'path-replace-backslashes': 'false',
  },
};

const folder = mkdtempSync(join(tmpdir(), 'fairway-junit-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const probe = join(folder, 'probe.mjs');
writeFileSync(
  probe,
  "process.on('exit', () => { const u = process.resourceUsage(); process.stderr.write(`\\n@@${JSON.stringify([(u.userCPUTime + u.systemCPUTime) / 1e6, u.maxRSS / 1024])}`); });\n",
);
writeFileSync(join(folder, 'parser.mjs'), parserAlone());

const rows = [];
for (const count of values.cases.split(',').map(Number)) {
  const input = join(folder, `cases-${count}`);
  const megabytes = await generate(input, count);
  const subjects = subjectsFor(input);
  const samples = new Map(subjects.map(({ name }) => [name, []]));
  const bare = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const subject of subjects) {
      bare.push(measure({ args: ['-e', '0'], cwd: folder, env: {} }));
      samples.get(subject.name).push(measure(subject));
    }
  }
  const zero = median(bare.map(({ cpu }) => cpu));
  for (const [name, runs] of samples) {
    const cpu = median(runs.map((run) => run.cpu));
    const ok = runs.every((run) => run.ok);
    rows.push({
      cases: count,
      'file MB': megabytes.toFixed(1),
      subject: name,
      'CPU s': cpu.toFixed(2),
      'x bare node': (cpu / zero).toFixed(1),
      'peak MB': Math.round(median(runs.map(({ memory }) => memory))),
      ...(ok ? {} : { note: runs[0].note }),
    });
  }
  rmSync(input, { recursive: true, force: true });
}
console.table(rows);

function subjectsFor(input) {
  const own = join(root, 'actions/test-runner');
  if (!existsSync(join(own, 'dist/main/index.js'))) throw new Error('Build first:  npm run build');
  const inputs = {
    mode: 'report',
    reports: '*.xml',
    upload: 'false',
    comment: 'false',
    'working-directory': '.',
  };
  return [
    { name: 'test-runner', expected: [1], ...action(join(own, 'dist/main/index.js'), inputs, input) },
    {
      name: 'saxes alone',
      expected: [0],
      args: ['--import', probe, join(folder, 'parser.mjs'), input],
      cwd: root,
      env: {},
    },
    ...values.peer.map((pair) => {
      const [name, place] = pair.split('=');
      const { inputs: declared, runs } = parse(readFileSync(join(place, 'action.yml'), 'utf8'));
      const defaults = Object.entries(declared).map(([input, { default: value }]) => [input, literal(value)]);
      const inputs = { ...Object.fromEntries(defaults), ...PEER_INPUTS[name] };
      return { name, expected: [0, 1], ...action(join(place, runs.main), inputs, input) };
    }),
  ];
}

/** A default as the runner hands it on; what an expression would give is left empty. */
function literal(value) {
  return value === undefined || String(value).includes('${{') ? '' : String(value);
}

function action(bundle, inputs, workspace) {
  const temp = join(folder, 'temp');
  mkdirSync(temp, { recursive: true });
  for (const name of ['output', 'summary', 'state', 'env']) writeFileSync(join(temp, name), '');
  writeFileSync(join(temp, 'event.json'), '{}');
  const env = {
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: join(temp, 'event.json'),
    GITHUB_OUTPUT: join(temp, 'output'),
    GITHUB_STEP_SUMMARY: join(temp, 'summary'),
    GITHUB_STATE: join(temp, 'state'),
    GITHUB_ENV: join(temp, 'env'),
    GITHUB_API_URL: 'http://127.0.0.1:9',
    RUNNER_TEMP: temp,
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    ),
  };
  return { args: ['--import', probe, bundle], cwd: workspace, env };
}

/** The same file through saxes with handlers that do nothing but count. */
function parserAlone() {
  return `import { createReadStream, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
const { SaxesParser } = createRequire(${JSON.stringify(join(root, 'packages/reports/package.json'))})('saxes');
const folder = process.argv[2];
for (const file of readdirSync(folder)) {
  const parser = new SaxesParser({ position: false });
  let tags = 0;
  parser.on('opentag', () => { tags++; });
  for await (const piece of createReadStream(folder + '/' + file, { encoding: 'utf8', highWaterMark: 262144 })) parser.write(piece);
  parser.close();
}
`;
}

function measure({ args, cwd, env, expected }) {
  const probed = args[0] === '--import' ? args : ['--import', probe, ...args];
  const child = spawnSync(process.execPath, probed, {
    cwd,
    env: { PATH: process.env.PATH, HOME: folder, CI: 'true', ...env },
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
  });
  const found = /\n@@(\[.*\])$/.exec(child.stderr)?.[1];
  const [cpu, memory] = found ? JSON.parse(found) : [Number.NaN, Number.NaN];
  const ok = found !== undefined && (expected === undefined || expected.includes(child.status));
  const note = ok
    ? ''
    : (/(?:Error|error)[^\n]{0,100}/.exec(`${child.stderr}\n${child.stdout}`)?.[0] ?? `exit ${child.status}`);
  return { cpu, memory, ok, note };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** One file, a hundred cases a suite, one in a hundred red with a trace of thirty lines. Gives its size in MB. */
async function generate(input, count) {
  mkdirSync(input, { recursive: true });
  const out = createWriteStream(join(input, 'junit.xml'));
  const trace = Array.from(
    { length: 30 },
    (_, n) => `    at Object.fn${n} (/home/runner/work/app/app/src/module${n}/file${n}.ts:${n + 10}:7)`,
  ).join('\n');
  let bytes = 0;
  const write = async (text) => {
    bytes += text.length;
    if (!out.write(text)) await once(out, 'drain');
  };
  await write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n');
  for (let suite = 0; suite * 100 < count; suite++) {
    const size = Math.min(100, count - suite * 100);
    let text = `<testsuite name="com.example.project.module.Suite${suite}" tests="${size}" failures="${size > 50 ? 1 : 0}" errors="0" skipped="0" time="1.234" timestamp="2026-01-01T00:00:00">\n`;
    for (let index = 0; index < size; index++) {
      const head = `<testcase classname="com.example.project.module.Suite${suite}" name="does the thing number ${index} of suite ${suite} as it should, when it is asked to do so by somebody" time="${((index * 37) % 977) / 1000}"`;
      text +=
        index === 50
          ? `${head}><failure message="expected 1 to equal 2 &amp; more" type="AssertionError">AssertionError: expected 1 to equal 2\n${trace}</failure></testcase>\n`
          : `${head}/>\n`;
    }
    await write(`${text}</testsuite>\n`);
  }
  await write('</testsuites>\n');
  out.end();
  await once(out, 'finish');
  return bytes / 1e6;
}
