/** What one job hands another through the run's artifacts. What comes back is hostile until it is parsed. */
export { type Elsewhere, fetchArtifact, fetchArtifacts } from './fetch.js';
export { hasArtifacts, keepArtifact } from './keep.js';
export { readJson } from './read-json.js';
