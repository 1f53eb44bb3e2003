/** The machinery of `npm run demo`: what this machine offers, the tools it needs, the services around a pipeline. */
export {
  type BuilderChoice,
  type ClusterChoice,
  choose,
  type HostChoices,
  type HostFacts,
  lookAtHost,
  type ServiceChoice,
} from './host.js';
export { openProgress, type Progress, type Task, track } from './progress.js';
export type { BaseImages } from './services/base-images.js';
export { type Folders, folders } from './services/folders.js';
export { type Inbox, type InboxOptions, type Notification, startInbox } from './services/inbox.js';
export type { MonitoringInput } from './services/monitoring.js';
export { type Probe, until } from './services/readiness.js';
export { withSession } from './services/session.js';
export { type Services, type StartInput, startAll } from './services/start-all.js';
export { type ServiceProgram, Supervisor } from './services/supervisor.js';
export { liveRun, takeDown } from './services/take-down.js';
export { ASSETS } from './tools/assets.js';
export { DEMO, partsFor, type Wanted } from './tools/needs.js';
export { prepare, prepareParts, type Tools } from './tools/prepare.js';
export type { PartName, Recipe } from './tools/recipe.js';
export { RECIPES } from './tools/recipes.js';
export { leadPath } from './tools/search-path.js';
