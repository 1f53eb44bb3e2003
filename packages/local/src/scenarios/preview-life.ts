import type { JobResult } from '../engine/act-log.js';
import type { Edit } from '../engine/consumer.js';
import type { ProposalAction } from '../engine/proposal.js';

/** A pull request from its first commit to its end, and what its preview's workflow is told of it. */
export interface PreviewLife {
  readonly number: number;
  readonly branch: string;
  /** The host that its preview must answer at, and a path there. */
  readonly host: string;
  readonly path: string;
  readonly chapters: readonly Chapter[];
}

/** What the workflow is told: something happened to the pull request, or its hour has come. */
export type ChapterEvent = ProposalAction | 'schedule';

/** One event, and the run that it begins. */
export interface Chapter {
  readonly event: ChapterEvent;
  /** Committed to the branch before. */
  readonly edits?: readonly Edit[];
  /** GitHub begins no run for it, as when a runner or a webhook is lost. */
  readonly lost?: true;
  /** Exactly the jobs that the run must show, as GitHub names them; none of a lost one. */
  readonly jobs: Readonly<Record<string, JobResult>>;
}

/** What must be seen after a chapter; each is checked on the real thing. */
export type PreviewAssertion =
  /** The pull request's own namespace is there, marked as its, and its pods run the image that was just built. */
  | { readonly kind: 'preview-runs'; readonly after: ChapterEvent }
  /** Who asks by its host, through the ingress controller, gets this version. */
  | { readonly kind: 'preview-answers'; readonly after: ChapterEvent; readonly words: readonly string[] }
  /** One comment, and the GitHub environment, tell of it. */
  | {
      readonly kind: 'preview-told';
      readonly after: ChapterEvent;
      readonly words: readonly string[];
      /** Of the environment's newest deployment; with `inactive`, of all. */
      readonly deployment: 'success' | 'inactive';
    }
  /** The namespace is gone, with all that was in it. */
  | { readonly kind: 'preview-gone'; readonly after: ChapterEvent };
