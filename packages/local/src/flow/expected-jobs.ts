import type { ActJob, JobResult } from '../engine/act-log.js';
import { forCloudRegistries, type Stage } from '../scenarios/scenario.js';

/** The job of the caller's file; every name begins with it. */
const caller = 'cicd';

/** The jobs of each stage that a push calls, beside the shards of the tests. */
const jobsOf: Readonly<Record<Stage, readonly string[]>> = {
  Detect: [],
  Test: ['Plan', 'Report'],
  Security: ['Scan'],
  Image: ['Build'],
  'Infrastructure (staging)': ['Plan staging', 'Apply staging'],
  Staging: ['Deploy staging'],
  'Infrastructure (production)': ['Plan production', 'Apply production'],
  Production: ['Deploy production'],
  Notify: ['Notify'],
};

/** Jobs of a stage that the change skips: a push those that only show, a pull request those that act. */
const skippedBy: Readonly<Record<Change, Readonly<Partial<Record<Stage, readonly string[]>>>>> = {
  push: {
    Image: [forCloudRegistries, 'Merge', 'Sign'],
    Staging: ['Diff staging'],
    Production: ['Diff production'],
  },
  proposal: {
    Image: [forCloudRegistries, 'Merge', 'Sign'],
    'Infrastructure (staging)': ['Apply staging'],
    Staging: ['Deploy staging'],
    'Infrastructure (production)': ['Apply production'],
    Production: ['Deploy production'],
  },
};

/** What a pull request runs where a push acts. */
const shownBy: Readonly<Partial<Record<Stage, readonly string[]>>> = {
  'Infrastructure (staging)': ['Plan staging'],
  Staging: ['Diff staging'],
  'Infrastructure (production)': ['Plan production'],
  Production: ['Diff production'],
};

/** A push to the default branch, or a pull request. */
export type Change = 'push' | 'proposal';

/** The only job of workflows/test-report/caller.yml. */
export const secondHalf: readonly JobOutcome[] = [{ name: 'report / Report', result: 'success' }];

export interface JobOutcome {
  readonly name: string;
  readonly result: JobResult | 'none';
}

/**
 * The exact jobs that a run must show and how each must end. Pure.
 *
 * A stage that succeeds or fails shows the jobs of its workflow, a skipped one only itself, as on GitHub. In a red
 * test stage the plan is green, the report is red, and so is a shard unless only the whole was found wanting.
 *
 * @param shards how many the plan made
 * @param redShard which of them (from 1) may be red; the plan decides where a test file goes
 * @param idle jobs that are skipped because the plan before them changes nothing
 */
export function expectedJobs(
  results: Readonly<Record<Stage, JobResult>>,
  shards: number,
  redShard: number,
  change: Change = 'push',
  idle: readonly string[] = [],
): readonly JobOutcome[] {
  return (Object.keys(jobsOf) as Stage[]).flatMap((stage): JobOutcome[] => {
    const result = results[stage];
    const name = `${caller} / ${stage}`;
    if (result === 'skipped' || jobsOf[stage].length === 0) return [{ name, result }];
    if (stage !== 'Test') {
      const skipped = skippedBy[change][stage] ?? [];
      const run = (change === 'proposal' ? shownBy[stage] : undefined) ?? jobsOf[stage];
      return [
        ...run.map(
          (job): JobOutcome => ({
            name: `${name} / ${job}`,
            result: idle.includes(job) ? 'skipped' : result,
          }),
        ),
        ...skipped.map((job) => ({ name: `${name} / ${job}`, result: 'skipped' as const })),
      ];
    }
    return [
      { name: `${name} / Plan`, result: 'success' },
      ...Array.from({ length: shards }, (_, index): JobOutcome => {
        const red = result === 'failure' && index + 1 === redShard;
        return { name: `${name} / Run ${index + 1}/${shards}`, result: red ? 'failure' : 'success' };
      }),
      { name: `${name} / Report`, result },
    ];
  });
}

/** The jobs as GitHub lists them: what only called a workflow is not one, unless it was skipped. Pure. */
export function listedJobs(jobs: readonly ActJob[]): readonly ActJob[] {
  return jobs.filter((job) => !job.calls);
}

/** How many shards the test plan made, and which one is red; 1 and 0 where nothing tells. Pure. */
export function shardsOf(jobs: readonly ActJob[]): { readonly count: number; readonly red: number } {
  const shards = jobs.flatMap((job) => {
    const match = / \/ Test \/ Run (\d+)\/(\d+)$/.exec(job.name);
    return match === null ? [] : [{ job, index: Number(match[1]), count: Number(match[2]) }];
  });
  return {
    count: shards[0]?.count ?? 1,
    red: shards.find((shard) => shard.job.result === 'failure')?.index ?? 0,
  };
}

/** The applies whose plan says that there is nothing to apply: an earlier push has done it. Pure. */
export function idleApplies(jobs: readonly ActJob[]): readonly string[] {
  return jobs.flatMap((job) => {
    const environment = / \/ Plan (\S+)$/.exec(job.name)?.[1];
    return environment !== undefined && job.outputs.get('plan.changes') === 'false'
      ? [`Apply ${environment}`]
      : [];
  });
}

/** What differs between the jobs that were to be and those that were, a line each; empty when nothing does. Pure. */
export function jobDifferences(
  expected: readonly JobOutcome[],
  actual: readonly ActJob[],
): readonly string[] {
  const seen = new Map(listedJobs(actual).map((job) => [job.name, job.result ?? 'none']));
  const differences: string[] = [];
  for (const { name, result } of expected) {
    const found = seen.get(name);
    seen.delete(name);
    if (found === undefined) differences.push(`'${name}' was to end with ${result}, and is not there`);
    else if (found !== result)
      differences.push(`'${name}' was to end with ${result}, and ended with ${found}`);
  }
  for (const [name, result] of seen) differences.push(`'${name}' was not expected, and ended with ${result}`);
  return differences;
}
