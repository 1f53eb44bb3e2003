// How evenly shards end, over a hundred pushes of a project whose tests change: by remembered timings (the test-runner's
// plan), by file size, and in turn. And how long a plan takes.
//
//   node benchmarks/shards.mjs [--projects 12] [--files 600] [--shards 8] [--pushes 100]
//
// The project is made up, and says so: durations are spread like a log-normal (many short files, a few long), differ by
// a few percent from run to run, and at each push some files appear, vanish or become slower. File size tells something
// about the duration, not much, as in real projects. Imbalance is the longest shard over the least that is
// possible (the mean, or the longest file where that is more), less one. The second way is a bound: it plans by what
// each file truly took at the push before, and new files truly take; what is left over is what this push itself changed.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lib = (path) => import(pathToFileURL(join(root, 'actions/test-runner/lib', path)).href);
const { leastMakespan, spread, weigh } = await lib('shards.js');
const { NO_HISTORY, remember } = await lib('history.js');
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '600' },
    shards: { type: 'string', default: '8' },
    pushes: { type: 'string', default: '100' },
    projects: { type: 'string', default: '12' },
  },
});
let random = generator(1);

planning();
simulation(Number(values.projects), Number(values.files), Number(values.shards), Number(values.pushes));

function planning() {
  const units = Array.from({ length: 5_000 }, (_, index) => ({
    name: `test/file-${index}.test.ts`,
    weightMs: duration(),
  }));
  const rows = [2, 4, 8, 16, 32, 64].map((count) => {
    const times = Array.from({ length: 15 }, () => {
      const began = performance.now();
      spread(units, count);
      return performance.now() - began;
    });
    const longest = Math.max(...spread(units, count).map(({ expectedMs }) => expectedMs));
    return {
      shards: count,
      'over the least possible %': ((longest / leastMakespan(units, count) - 1) * 100).toFixed(3),
      'planned in ms': times.toSorted((a, b) => a - b)[7].toFixed(1),
    };
  });
  console.log('5,000 files:');
  console.table(rows);
}

function simulation(projects, files, shards, pushes) {
  const all = {
    'by timings': [],
    'by what the last push really took': [],
    'by file size': [],
    'in turn': [],
  };
  const first = Object.fromEntries(Object.keys(all).map((way) => [way, []]));
  for (let seed = 1; seed <= projects; seed++) {
    random = generator(seed);
    for (const [way, [unknown, ...known]] of Object.entries(carried(files, shards, pushes))) {
      first[way].push(unknown);
      all[way].push(...known);
    }
  }
  console.log(
    `${projects} projects of ${files} files, ${shards} shards, ${pushes} pushes each; the first push knows no timings:`,
  );
  const percent = (value) => (value * 100).toFixed(1);
  const at = (values, part) =>
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
  console.table(
    Object.entries(all).map(([way, imbalances]) => ({
      way,
      'first push, median %': percent(at(first[way], 0.5)),
      'median %': percent(at(imbalances, 0.5)),
      '95 of 100 below %': percent(at(imbalances, 0.95)),
      'below 10 %, of 100': (
        (imbalances.filter((value) => value < 0.1).length / imbalances.length) *
        100
      ).toFixed(1),
      'worst %': percent(at(imbalances, 1)),
    })),
  );
}

/** The imbalance at each push of one project, by each way to plan. */
function carried(files, shards, pushes) {
  let project = Array.from({ length: files }, (_, index) => newFile(index));
  let history = NO_HISTORY;
  let before = new Map();
  const imbalances = {
    'by timings': [],
    'by what the last push really took': [],
    'by file size': [],
    'in turn': [],
  };
  for (let push = 0; push < pushes; push++) {
    project = changed(project, push, files);
    const took = new Map(project.map(({ name, ms }) => [name, ms * (1 + 0.1 * normal())]));
    const names = project.map(({ name }) => name).toSorted();
    const sizes = new Map(project.map(({ name, bytes }) => [name, bytes]));
    const plans = {
      'by timings': byWeight(weigh(names, history.timings, sizes), shards),
      // What hardly any memory can beat: the noise of each run taken away, and the duration of new files told beforehand.
      'by what the last push really took': byWeight(
        project.map(({ name, ms }) => ({ name, weightMs: before.get(name) ?? ms })),
        shards,
      ),
      'by file size': byWeight(
        project.map(({ name, bytes }) => ({ name, weightMs: bytes })),
        shards,
      ),
      'in turn': Array.from({ length: shards }, (_, shard) =>
        names.filter((_, index) => index % shards === shard),
      ),
    };
    for (const [way, plan] of Object.entries(plans)) imbalances[way].push(imbalance(plan, took));
    const run = { sha: 'a'.repeat(40), at: push, coverage: undefined, result: 'passed' };
    history = remember(history, record(took), run);
    before = new Map(project.map(({ name, ms }) => [name, ms]));
  }
  return imbalances;
}

function byWeight(units, shards) {
  return spread(units, shards).map(({ units: names }) => names);
}

function imbalance(plan, took) {
  const times = plan.map((units) => units.reduce((sum, name) => sum + (took.get(name) ?? 0), 0));
  const units = [...took].map(([name, weightMs]) => ({ name, weightMs }));
  return Math.max(...times) / leastMakespan(units, plan.length) - 1;
}

/** At each push one file in a hundred is new, one is gone, and two take another time, mostly from half to twice. */
function changed(project, push, files) {
  const part = Math.max(1, Math.round(files / 100));
  const rest = project
    .filter(() => random() > 0.01)
    .map((file) => (random() < 0.02 ? { ...file, ms: file.ms * Math.exp(0.4 * normal()) } : file));
  return [...rest, ...Array.from({ length: part }, (_, index) => newFile(`${push}-${index}`))];
}

function newFile(id) {
  const ms = duration();
  return {
    name: `test/file-${id}.test.ts`,
    ms,
    bytes: 2_000 * Math.exp(0.3 * Math.log(ms / 400) + 0.6 * normal()),
  };
}

function record(took) {
  const files = new Map([...took].map(([name, ms]) => [name, { tests: 1, failed: 0, durationMs: ms }]));
  const totals = {
    tests: took.size,
    passed: took.size,
    failed: 0,
    errored: 0,
    skipped: 0,
    flaky: 0,
    durationMs: 0,
  };
  const lists = { failures: [], others: [], slowest: [], problems: [], omitted: { failures: 0, others: 0 } };
  return { results: { totals, files, ...lists }, wallMs: 0 };
}

function duration() {
  return 400 * Math.exp(normal());
}

function normal() {
  return Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
}

/** mulberry32: the same project for the same seed, on every machine. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
