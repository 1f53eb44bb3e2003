// A made-up project whose test files change from push to push.
/**
 * Parts of the test files that a push adds (and takes away), and changes. The first is what the last 500 first-parent
 * commits show of jest (919 test files: 0.036 % added, 0.11 % changed), vite (175: 0.021 %, 0.34 %) and fastify (193:
 * 0.013 %, 0.33 %), each figure a little above the highest: `git log --first-parent -m -n 500 --name-status -M`.
 */
export const CHURNS = [
  { name: 'as many files change as in real repositories', added: 0.0004, changed: 0.0035 },
  { name: 'far more files change', added: 0.01, changed: 0.02 },
];

let random = generator(1);

/** Begins the project of this number: the same one each time. */
export function begin(seed) {
  random = generator(seed);
}

/** Some files are gone, some are new, and some take another time, mostly from half to twice. */
export function changed(project, push, churn) {
  const kept = project
    .filter(() => random() > churn.added)
    .map((file) => (random() < churn.changed ? { ...file, ms: file.ms * Math.exp(0.4 * normal()) } : file));
  const added = project.flatMap((_, index) => (random() < churn.added ? [newFile(`${push}-${index}`)] : []));
  return [...kept, ...added];
}

export function newFile(id) {
  const ms = duration();
  return {
    name: `test/file-${id}.test.ts`,
    ms,
    bytes: 2_000 * Math.exp(0.3 * Math.log(ms / 400) + 0.6 * normal()),
  };
}

/** Milliseconds. */
export function duration() {
  return 400 * Math.exp(normal());
}

/** Of mean 0 and deviation 1 (Box and Muller). */
export function normal() {
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
