/** One model of an infrastructure change, whichever tool made it; one gate, one rendering. */
export {
  type AttributeChange,
  type ChangeKind,
  hasChanges,
  type InfraPlan,
  type Invocation,
  type OutputChange,
  type ResourceChange,
  type Shown,
  type Totals,
  totals,
} from './change.js';
export { type GateRules, judge, matches, type Violation } from './gate.js';
export type { Json, JsonObject } from './json.js';
export { redactTerraformPlan } from './redact.js';
export { renderPlan, type Telling } from './render.js';
export { readTerraformPlan } from './terraform.js';
export { figures } from './words.js';
