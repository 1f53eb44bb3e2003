import type { JobResult } from '../engine/act-log.js';
import type { Edit } from '../engine/consumer.js';
import type { PreviewAssertion, PreviewLife } from './preview-life.js';

/** The stages of cicd.yml, in the words of its job names. */
export type Stage =
  | 'Detect'
  | 'Test'
  | 'Security'
  | 'Image'
  | 'Infrastructure (staging)'
  | 'Staging'
  | 'Infrastructure (production)'
  | 'Production'
  | 'Notify';

export type Environment = 'staging' | 'production';

/**
 * The job of image.yml that pushes to a cloud's registry. Of a skipped matrix act names the values, here of one without a
 * platform; GitHub does not.
 */
export const forCloudRegistries = 'Build with identity ()';

/** What must be seen after a push; each is checked on the real thing, not on what the workflow says of it. */
export type Assertion =
  | PreviewAssertion
  /** The registry has the image, and the environment's pods run that very digest. */
  | { readonly kind: 'runs-this-push'; readonly environment: Environment }
  /** The environment's pods run what ran before the push, and are ready. */
  | { readonly kind: 'runs-what-ran-before'; readonly environment: Environment }
  /** The environment's pods run what the last good release before the present one ran, and are ready. */
  | { readonly kind: 'runs-release-before'; readonly environment: Environment }
  /** None of the environment's pods is one from before, and there are as many ready ones. */
  | { readonly kind: 'replaced'; readonly environment: Environment }
  /** The runner died while pods of two releases ran there, and the record said that one was on its way. */
  | { readonly kind: 'cut-off'; readonly environment: Environment }
  /** The autoscaler made more pods, each of which answered visitors, and nobody got anything but an answer. */
  | { readonly kind: 'spread'; readonly environment: Environment }
  /** The log of the run holds a line. */
  | { readonly kind: 'logs'; readonly words: readonly string[] }
  /** Nothing in the environment was changed by the push. */
  | { readonly kind: 'untouched'; readonly environment: Environment }
  /** The app answers through the cluster, and a photo that is uploaded there can be read back. */
  | { readonly kind: 'keeps-photos'; readonly environment: Environment }
  /** Whoever asks the environment's app while the push is carried gets an answer, every time. */
  | { readonly kind: 'serves-throughout'; readonly environment: Environment }
  /**
   * Visitors were sent to the new version beside the stable one, which failed none of them, and by what Prometheus
   * counted of its requests it took over, or was taken away.
   */
  | {
      readonly kind: 'tried';
      readonly environment: Environment;
      readonly outcome: 'promoted' | 'stopped';
    }
  /** The cluster's record of releases shows these states for those that came with the push, oldest first. */
  | { readonly kind: 'recorded'; readonly environment: Environment; readonly states: readonly string[] }
  /** Prometheus has counted the photo that was uploaded there. */
  | { readonly kind: 'watched'; readonly environment: Environment }
  /** A text is in no log and in no message. `what` names it without saying it. */
  | { readonly kind: 'never-shown'; readonly what: string; readonly text: string }
  /** The registry holds a signature of the image that was built, by the pipeline's own key. */
  | { readonly kind: 'image-signed' }
  /** The registry holds an SBOM of the image that was built, and these packages are in it (`name` or `name version…`). */
  | { readonly kind: 'image-described'; readonly packages: readonly string[] }
  /** The registry holds nothing that it did not hold before the push. */
  | { readonly kind: 'nothing-built' }
  /** A message with these words reached a place; `answered` is what the place answered. */
  | {
      readonly kind: 'told';
      readonly path: string;
      readonly words: readonly string[];
      readonly answered: number;
    }
  /** What reached a place carries the signature that the shared key gives. */
  | { readonly kind: 'signed'; readonly path: string }
  /** Alertmanager has an open alert of the pipeline and has told on-call of it; or there is none, and on-call knows. */
  | { readonly kind: 'alert'; readonly open: boolean }
  /** The job's own report gives the reason. */
  | { readonly kind: 'says'; readonly stage: Stage; readonly words: readonly string[] }
  /** The step of a job set these outputs: `step-id.name` → value. */
  | {
      readonly kind: 'sets';
      readonly job: string;
      readonly outputs: Readonly<Record<string, string>>;
    }
  /** The pull request has a comment that begins with the marker, and says so. */
  | { readonly kind: 'commented'; readonly marker: string; readonly words: readonly string[] }
  /** The commit that was tested, and no other, has a check run. */
  | { readonly kind: 'checked'; readonly name: string; readonly conclusion: 'success' | 'failure' }
  /** The first half of a fork's run has written nothing on GitHub. */
  | { readonly kind: 'writes-nothing' }
  /** A broken release is given up because it is broken, not because its time (seconds) ran out. */
  | { readonly kind: 'gives-up-before'; readonly stage: Stage; readonly seconds: number };

/** A pull request instead of a push. */
export interface ProposedChange {
  readonly number: number;
  readonly branch: string;
  /** `owner/name` of the fork that it comes from; undefined for a branch of the repository itself. */
  readonly fork: string | undefined;
}

/** A workflow of the team's that somebody starts by hand, instead of a push. */
export interface Dispatch {
  /** In `.github/workflows`. */
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Exactly the jobs that it must show, as GitHub names them. */
  readonly jobs: Readonly<Record<string, JobResult>>;
}

/** A push whose runner dies in the middle, and the one that comes after it. */
export interface Interruption {
  /** The runner is killed while this environment is between two releases. */
  readonly environment: Environment;
  /** What is pushed next; the scenario's results and assertions are about it. */
  readonly next: { readonly message: string; readonly edits: readonly Edit[] };
}

/** One push and all that must come of it. A description: it starts nothing. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The commit's subject. */
  readonly message: string;
  readonly edits: readonly Edit[];
  /** The edits are proposed in a pull request, and not pushed. */
  readonly proposal?: ProposedChange;
  readonly interruption?: Interruption;
  readonly dispatch?: Dispatch;
  /** A pull request and the runs of its preview's workflow, one after another, instead of a push. */
  readonly previewed?: PreviewLife;
  /** Nothing is run: visitors come to this environment in numbers, for as long as its autoscaler needs to follow. */
  readonly rush?: Environment;
  /** It gets to production, and is taken back in the repository all the same: what comes next begins without it. */
  readonly reverted?: true;
  /** A shard of the tests is red, and not only the report on the whole. */
  readonly redShard?: true;
  /** A green release has to run before it. */
  readonly afterRelease: boolean;
  /** And another one, of another image, after that. */
  readonly afterSecond?: true;
  /** Secrets that differ in this run; `inbox:/path` stands for a path of the inbox. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Variables that differ in this run; `key:foreign` stands for a public key that signed nothing. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly results: Readonly<Record<Stage, JobResult>>;
  readonly assertions: readonly Assertion[];
}

/** What every stage comes to when all is well. */
export const allGreen: Readonly<Record<Stage, JobResult>> = {
  Detect: 'success',
  Test: 'success',
  Security: 'success',
  Image: 'success',
  'Infrastructure (staging)': 'success',
  Staging: 'success',
  'Infrastructure (production)': 'success',
  Production: 'success',
  Notify: 'success',
};

/** Where no stage of cicd.yml runs at all: another workflow does, or none. */
export const noStage: Readonly<Record<Stage, JobResult>> = {
  Detect: 'skipped',
  Test: 'skipped',
  Security: 'skipped',
  Image: 'skipped',
  'Infrastructure (staging)': 'skipped',
  Staging: 'skipped',
  'Infrastructure (production)': 'skipped',
  Production: 'skipped',
  Notify: 'skipped',
};

/** What comes of a push that was stopped before anything was built. */
export const nothingAfterChecks: Readonly<Record<Stage, JobResult>> = {
  ...allGreen,
  Image: 'skipped',
  'Infrastructure (staging)': 'skipped',
  Staging: 'skipped',
  'Infrastructure (production)': 'skipped',
  Production: 'skipped',
};

/** What comes of a pull request in which all is well: plans and differences, and nobody is told who did not ask. */
export const proposedGreen: Readonly<Record<Stage, JobResult>> = { ...allGreen, Notify: 'skipped' };

/** Nothing was built and nothing that runs was changed. */
export const nothingTouched: readonly Assertion[] = [
  { kind: 'nothing-built' },
  { kind: 'untouched', environment: 'staging' },
  { kind: 'untouched', environment: 'production' },
];
