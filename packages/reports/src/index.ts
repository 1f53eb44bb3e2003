/** Test results: one model, streaming readers of every usual format, locations, and their rendering. */
export { Collector, shorten } from './collect.js';
export { classFile, type FileIndex, type Ground, indexOf, locate, resolvePath } from './locate.js';
export { mergeAttempt, mergeResults } from './merge.js';
export {
  type Failure,
  type FileTally,
  fileOf,
  isRed,
  isWhole,
  keyOf,
  type Location,
  type Problem,
  type Results,
  type Status,
  type TestCase,
  type Totals,
  unitOf,
} from './model.js';
export { type Format, formatOf, readReport } from './read.js';
export { type Attempt, parseRecord, type RunRecord, writeRecord } from './record.js';
export { ctrfOf } from './render/ctrf.js';
export { sectionsOf } from './render/markdown.js';
export type { Before, RosterEntry, Story, Told } from './render/story.js';
export { jsonOf } from './source.js';
