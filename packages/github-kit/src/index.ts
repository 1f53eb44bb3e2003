/**
 * GitHub's API, for actions that tell: comments, checks, deployments, code scanning. Import it lazily, with
 * `await import('@fairway/github-kit')`: the client costs more to load than all else an action does at start.
 */
export { type Annotation, type Check, createCheck } from './check.js';
export { type Issue, upsertComment } from './comment.js';
export { statusOf, unlessDenied } from './denied.js';
export {
  createDeployment,
  type DeploymentRequest,
  type DeploymentState,
  retireEnvironment,
  setDeploymentStatus,
} from './deployment.js';
export { type GitHub, openGitHub } from './open.js';
export { type SarifUpload, uploadSarif } from './sarif.js';
