/**
 * What tests and `npm run demo` stand on: a built action run as GitHub's runner runs it, and loopback services that
 * hold clients to what GitHub really accepts.
 */
export type { Fault } from './github/fault.js';
export type { Permissions } from './github/permissions.js';
export type {
  Annotation,
  CheckRun,
  Comment,
  CommitStatus,
  Deployment,
  DeploymentStatus,
  Job,
  Pull,
  PullFile,
  Release,
  Run,
  RunArtifact,
  SarifUpload,
} from './github/records.js';
export type { Violation } from './github/rest-api.js';
export { artifactsOf, type GitHubOptions, type GitHubService, startGitHub } from './github/start-github.js';
export type { RecordedRequest } from './loopback/server.js';
export { type OidcOptions, type OidcService, startOidc } from './oidc/start-oidc.js';
export type { StoredArtifact } from './results/artifact-service.js';
export type { StoredCache } from './results/cache-service.js';
export type { CacheScope } from './results/runtime-token.js';
export {
  type ResultsOptions,
  type ResultsService,
  startCache,
  startResults,
} from './results/start-results.js';
export { type ActionDefinition, readActionDefinition } from './runner/action-definition.js';
export type { RunFacts } from './runner/environment.js';
export { type FileCommandEntry, parseFileCommands } from './runner/file-command.js';
export { type BundleOptions, defaultToken, runAction, runBundle } from './runner/run-bundle.js';
export type { BundleResult } from './runner/step-result.js';
export { parseWorkflowCommand, type WorkflowCommand } from './runner/workflow-command.js';
export { type SigstoreService, startSigstore } from './sigstore/start-sigstore.js';
export { inTemp } from './temp.js';
