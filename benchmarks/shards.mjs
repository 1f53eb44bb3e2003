// How evenly shards end, over a hundred pushes of a project whose tests change: by remembered timings (the test-runner's
// plan), by file size, and in turn. And how long a plan takes.
//
//   node benchmarks/shards.mjs [--projects 50] [--files 600] [--shards 8] [--pushes 100]
//
// The project is made up, and says so: durations are spread like a log-normal (many short files, a few long), differ by
// a tenth from run to run, and at each push some files appear, vanish, or take another time. How many is asked twice: as
// many as in real repositories, taking every test file that a push touches for one whose time is another; and so many
// that nobody could plan for all of them. File size tells something about the duration, not much. Imbalance is the longest shard over the least that is
// possible (the mean, or the longest file where that is more), less one. The second way is a bound: it plans by what
// each file truly took at the push before, and new files truly take; what is left over is what this push itself changed.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { begin, CHURNS, changed, duration, newFile, normal } from './shards/project.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lib = (path) => import(pathToFileURL(join(root, 'actions/test-runner/lib', path)).href);
const { leastMakespan, spread, weigh } = await lib('shards.js');
const { NO_HISTORY, remember } = await lib('history.js');
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '600' },
    shards: { type: 'string', default: '8' },
    pushes: { type: 'string', default: '100' },
    projects: { type: 'string', default: '50' },
  },
});
planning();
for (const churn of CHURNS)
  simulation(
    churn,
    Number(values.projects),
    Number(values.files),
    Number(values.shards),
    Number(values.pushes),
  );

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

function simulation(churn, projects, files, shards, pushes) {
  const all = {
    'by timings': [],
    'by what the last push really took': [],
    'by file size': [],
    'in turn': [],
  };
  const first = Object.fromEntries(Object.keys(all).map((way) => [way, []]));
  const whole = Object.fromEntries(Object.keys(all).map((way) => [way, 0]));
  for (let seed = 1; seed <= projects; seed++) {
    begin(seed);
    for (const [way, [unknown, ...known]] of Object.entries(carried(churn, files, shards, pushes))) {
      first[way].push(unknown);
      all[way].push(...known);
      if (known.every((value) => value < 0.1)) whole[way]++;
    }
  }
  const percent = (value, digits = 1) => (value * 100).toFixed(digits);
  console.log(
    `${churn.name} (at each push ${percent(churn.added, 2)} % are new, ${percent(churn.changed, 2)} % changed): ${projects} projects of ${files} files, ${shards} shards, ${pushes} pushes; the first push knows no timings:`,
  );
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
      'projects always below 10 %': whole[way],
      'worst %': percent(at(imbalances, 1)),
    })),
  );
}

/** The imbalance at each push of one project, by each way to plan. */
function carried(churn, files, shards, pushes) {
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
    project = changed(project, push, churn);
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
