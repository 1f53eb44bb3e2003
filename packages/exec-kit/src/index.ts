/** Starting programs: an argv, never a shell line; time limits that reach the whole process group; bounded output. */
export { LineSplitter, Tail } from './capture.js';
export { runnerServices } from './environment.js';
export { query } from './query.js';
export { pause } from './retry.js';
export { outcome, quoted, type RunOptions, type RunResult, run, runOrThrow } from './run.js';
export { which } from './which.js';
