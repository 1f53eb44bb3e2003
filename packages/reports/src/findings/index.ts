/** What scanners find: one model, one order, one SARIF document, one rendering. */
export {
  countBySeverity,
  distinct,
  type Finding,
  reaches,
  SEVERITIES,
  type Severity,
  sorted,
} from './model.js';
export { findingSections } from './render.js';
export { toSarif } from './sarif.js';
