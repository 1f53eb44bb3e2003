/** Test results: one model, streaming readers of every usual format, locations, and their rendering. */
export { Collector, shorten } from './collect.js';
export {
  type Failure,
  type FileTally,
  fileOf,
  isRed,
  keyOf,
  type Location,
  type Problem,
  type Results,
  type Status,
  type TestCase,
  type Totals,
} from './model.js';
export { type Format, formatOf, readReport } from './read.js';
