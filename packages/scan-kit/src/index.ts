/** What all scans share: reading reports, waivers, one verdict, and how it is told. */
export { type Collected, collect } from './collect.js';
export { type Leak, leaksIn, quietly, SAID_BYTES } from './gitleaks.js';
export { type HadolintRun, readHadolint, runHadolint } from './hadolint.js';
export {
  fingerprint,
  fromRoot,
  list,
  parseReport,
  position,
  refuseBroken,
  refuseStopped,
  string,
  type Tree,
  tree,
} from './report.js';
export { type Telling, tell } from './tell.js';
export { annotate, type FailOn, sectionsOf, type Verdict, verdictOf } from './verdict.js';
export { applyWaivers, readWaivers, type Waiver } from './waivers.js';
