/** What every action needs from the runner: inputs, outputs, failure with cause and remedy, log, summary, context. */
export { type Context, context, type PullRequest } from './context.js';
export { ActionError, type Failure, messageOf } from './failure.js';
export { idToken } from './identity.js';
export { duration, flag, integer, lines, mask, oneOf, pairs, secret, text } from './inputs.js';
export {
  debug,
  error,
  formatBytes,
  formatDuration,
  group,
  inert,
  info,
  isDebug,
  notice,
  type Place,
  warning,
} from './log.js';
export * as md from './markdown.js';
export {
  addPath,
  exportVariable,
  type Outputs,
  type OutputValue,
  reportFailure,
  runAction,
  saveState,
  state,
} from './run.js';
export { COMMENT_CHARACTERS, fitSections, type Section, SUMMARY_BYTES, writeSummary } from './summary.js';
export { workspacePath } from './workspace-path.js';
