// How evenly shards end, over a hundred pushes of a project whose tests change: by remembered timings (the test-runner's
// plan), by file size, and in turn. And how long a plan takes.
//
//   node benchmarks/shards.mjs [--files 600] [--shards 8] [--pushes 100] [--seed 1]
//
// The project is made up, and says so: durations are spread like a log-normal (many short files, a few long), differ by
// a few percent from run to run, and at each push some files appear, vanish or become slower. File size tells something
// about the duration, not much, as in real projects. Imbalance is the longest shard over the least that is
// possible (the mean, or the longest file where that is more), less one.
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
    seed: { type: 'string', default: '1' },
  },
});
const random = generator(Number(values.seed));

planning();
simulation(Number(values.files), Number(values.shards), Number(values.pushes));

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

function simulation(files, shards, pushes) {
  let project = Array.from({ length: files }, (_, index) => newFile(index));
  let history = NO_HISTORY;
  const imbalances = { 'by timings': [], 'by file size': [], 'in turn': [] };
  for (let push = 0; push < pushes; push++) {
    project = changed(project, push, files);
    const took = new Map(project.map(({ name, ms }) => [name, ms * (1 + 0.1 * normal())]));
    const names = project.map(({ name }) => name).toSorted();
    const plans = {
      'by timings': spread(weigh(names, history.timings), shards).map(({ units }) => units),
      'by file size': spread(
        project.map(({ name, bytes }) => ({ name, weightMs: bytes })),
        shards,
      ).map(({ units }) => units),
      'in turn': Array.from({ length: shards }, (_, shard) =>
        names.filter((_, index) => index % shards === shard),
      ),
    };
    for (const [way, plan] of Object.entries(plans)) imbalances[way].push(imbalance(plan, took));
    history = remember(history, record(took), { sha: 'a'.repeat(40), at: push, coverage: undefined });
  }
  console.log(`${files} files, ${shards} shards, ${pushes} pushes; the first push knows no timings:`);
  console.table(
    Object.entries(imbalances).map(([way, all]) => {
      const known = all.slice(1).toSorted((a, b) => a - b);
      const percent = (value) => (value * 100).toFixed(1);
      return {
        way,
        'first push %': percent(all[0]),
        'median %': percent(known[Math.floor(known.length / 2)]),
        '95 of 100 below %': percent(known[Math.floor(known.length * 0.95)]),
        'worst %': percent(known.at(-1)),
      };
    }),
  );
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
