import type { ActJob } from '../engine/act-log.js';
import type { EnvironmentView } from './environment-view.js';
import type { GitHubView } from './github-side.js';
import type { Observation } from './observation.js';
import type { ChapterSeen } from './preview-course.js';
import type { Rush } from './rush.js';
import type { PodTraffic } from './traffic-view.js';
import type { Vigil } from './vigil.js';

/** What is known once a push has been carried. */
export interface Evidence {
  readonly before: Observation;
  readonly after: Observation;
  /** Of the run, and of the one that followed it, if any. */
  readonly jobs: readonly ActJob[];
  /** The commit that it is about. */
  readonly commit: string;
  /** The pull request's number; undefined for a push. */
  readonly proposal: number | undefined;
  /** What was on GitHub before, after the first run, and at the end. */
  readonly written: { readonly before: GitHubView; readonly first: GitHubView; readonly last: GitHubView };
  /** Of the image that the run says it built; '' for none. */
  readonly digest: string;
  /** What speaks against its signature in the registry; undefined for nothing. */
  readonly unsigned: string | undefined;
  /** What its SBOM in the registry lacks; undefined for nothing. */
  readonly undescribed: string | undefined;
  /** The key that the webhook's messages are signed with. */
  readonly webhookKey: string;
  /** Environment → what went wrong when a photo was uploaded and read back; undefined for nothing. */
  readonly photos: ReadonlyMap<string, string | undefined>;
  /** Environment → what was seen by somebody who asked its app all the time. */
  readonly vigils: ReadonlyMap<string, Vigil>;
  /** Environment → uploads that Prometheus has counted. */
  readonly uploads: ReadonlyMap<string, number>;
  /** Environment → requests since the run began, as Prometheus has counted them. */
  readonly traffic: ReadonlyMap<string, readonly PodTraffic[]>;
  /** Of a run whose runner died: what the environment was like then. */
  readonly cutOff: EnvironmentView | undefined;
  /** Of a pull request's life: what was seen after each of its runs. */
  readonly chapters: readonly ChapterSeen[];
  /** Of visitors that came in numbers. */
  readonly rush: Rush | undefined;
  /** The whole log of the run. */
  readonly transcript: string;
}
