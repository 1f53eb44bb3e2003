/** Line coverage: one model, readers of the usual formats, totals, and the coverage of a change. */
export {
  type Coverage,
  CoverageCollector,
  type FileCoverage,
  linesOfRanges,
  mergeCoverage,
  patchCoverage,
  percent,
  percentText,
  ranges,
  type Share,
  totalCoverage,
} from './model.js';
export { readCoverage } from './read.js';
