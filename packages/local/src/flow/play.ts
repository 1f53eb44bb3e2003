import { join } from 'node:path';
import { pause } from '@fairway/exec-kit';
import type { ActEvent, ActJob } from '../engine/act-log.js';
import { takeBack } from '../engine/consumer.js';
import type { Environment, Scenario } from '../scenarios/scenario.js';
import { type CarriedPush, carryPush, newKeys, type RunKeys } from './carry.js';
import { expectedJobs, jobDifferences, shardsOf } from './expected-jobs.js';
import { type GitHubSide, startGitHubSide } from './github-side.js';
import { type Evidence, judge, type Verdict } from './judge.js';
import { type Observation, observe, tryPhotos } from './observation.js';
import type { Parts } from './parts.js';
import type { Stage } from './stage.js';

/** One set of running parts and repositories that scenarios are played on, one after another. */
export class Theatre {
  readonly #keys: RunKeys;
  readonly #gitHub: GitHubSide;
  readonly parts: Parts;
  readonly stage: Stage;
  /** Gets a folder for each push. */
  readonly folder: string;
  #pushes = 0;

  private constructor(parts: Parts, stage: Stage, folder: string, keys: RunKeys, gitHub: GitHubSide) {
    this.parts = parts;
    this.stage = stage;
    this.folder = folder;
    this.#keys = keys;
    this.#gitHub = gitHub;
  }

  static async open(parts: Parts, stage: Stage, folder: string): Promise<Theatre> {
    const keys = newKeys();
    return new Theatre(parts, stage, folder, keys, await startGitHubSide(stage.consumer, keys.token));
  }

  close(): Promise<void> {
    return this.#gitHub.close();
  }

  /** Carries the scenario's push and looks at the world before and after it. */
  async play(
    scenario: Scenario,
    options: { readonly onEvent?: (event: ActEvent) => void; readonly signal?: AbortSignal } = {},
  ): Promise<Performance> {
    const before = await observe(this.parts);
    const carried = await carryPush(this.parts, this.stage, this.#gitHub, this.#keys, {
      message: scenario.message,
      edits: scenario.edits,
      secrets: scenario.secrets,
      folder: join(this.folder, `${++this.#pushes}-${scenario.name}`),
      ...options,
    });
    options.signal?.throwIfAborted();
    // What never got to production is taken back, as a team would before its next push.
    if (scenario.results.Production !== 'success') await takeBack(this.stage.consumer, carried.push);
    const after = await observeSettled(this.parts, (seen) => messagesAreThere(scenario, before, seen));
    const photos = new Map<Environment, string | undefined>();
    for (const assertion of scenario.assertions) {
      if (assertion.kind === 'keeps-photos') {
        photos.set(
          assertion.environment,
          await tryPhotos(this.parts, after.environments[assertion.environment]),
        );
      }
    }
    const image = builtImage(carried.result.jobs);
    const evidence: Evidence = {
      before,
      after,
      jobs: carried.result.jobs,
      digest: image?.digest ?? '',
      webhookKey: this.#keys.webhookKey,
      photos,
    };
    const verdicts = [
      ...verdictsOnRun(scenario, carried, this.parts.act.fixed),
      ...scenario.assertions.map((assertion) => judge(assertion, evidence)),
    ];
    return { scenario, carried, image, before, after, verdicts };
  }
}

/** Whether everyone who is to be told has been. */
function messagesAreThere(scenario: Scenario, before: Observation, after: Observation): boolean {
  const evidence = { before, after, jobs: [], digest: '', webhookKey: '', photos: new Map() };
  return scenario.assertions
    .filter((assertion) => assertion.kind === 'told' || assertion.kind === 'alert')
    .every((assertion) => judge(assertion, evidence).instead === undefined);
}

/** Alertmanager gathers alerts before it passes them on: the world gets 20 s to come to rest. */
async function observeSettled(parts: Parts, settled: (seen: Observation) => boolean): Promise<Observation> {
  const limit = Date.now() + 20_000;
  for (;;) {
    const seen = await observe(parts);
    if (settled(seen) || Date.now() > limit) return seen;
    await pause(500);
  }
}

/** A scenario that was played, with all that was found. */
export interface Performance {
  readonly scenario: Scenario;
  readonly carried: CarriedPush;
  readonly image: BuiltImage | undefined;
  readonly before: Observation;
  readonly after: Observation;
  readonly verdicts: readonly Verdict[];
}

export interface BuiltImage {
  readonly reference: string;
  readonly digest: string;
}

/** The image that the build job says it made. Pure. */
export function builtImage(jobs: readonly ActJob[]): BuiltImage | undefined {
  const build = jobs.find(
    (job) => job.name.endsWith(' / Image / Build') || job.name.endsWith('/Image/Build'),
  );
  const digest = build?.outputs.get('build.digest') ?? '';
  return digest === '' ? undefined : { reference: build?.outputs.get('build.reference') ?? '', digest };
}

/** What must hold of the run itself: exactly these jobs with these results, and an exit code that agrees. Pure. */
export function verdictsOnRun(
  scenario: Scenario,
  carried: CarriedPush,
  exactJobs: boolean,
): readonly Verdict[] {
  const { result, violations } = carried;
  const red = Object.values(scenario.results).includes('failure');
  const verdicts: Verdict[] = [
    {
      claim: red ? 'the run is red' : 'the run is green',
      instead:
        (result.exitCode !== 0) === red
          ? undefined
          : `exit code ${result.exitCode}: ${result.engineMessages.join(' ')}`,
    },
    {
      claim: 'GitHub would have taken every request',
      instead: violations.length === 0 ? undefined : violations.join('\n'),
    },
  ];
  // Stock act names the jobs of called workflows by the last two levels only, and shows no skipped ones.
  if (!exactJobs) return verdicts;
  const shards = shardsOf(result.jobs);
  const expected = expectedJobs(scenario.results, shards.count, shards.red);
  const differences = jobDifferences(expected, result.jobs);
  verdicts.unshift({
    claim: `exactly the ${expected.length} jobs that were to be, each with its result`,
    instead: differences.length === 0 ? undefined : differences.join('\n'),
  });
  return verdicts;
}
