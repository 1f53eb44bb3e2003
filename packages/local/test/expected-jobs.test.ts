import { describe, expect, it } from 'vitest';
import type { ActJob } from '../src/engine/act-log.ts';
import { expectedJobs, idleApplies, jobDifferences, shardsOf } from '../src/flow/expected-jobs.ts';
import { allGreen, nothingAfterChecks, proposedGreen } from '../src/scenarios/scenario.ts';

const job = (name: string, result: ActJob['result'], calls = false): ActJob => ({
  name,
  id: name,
  calls,
  result,
  seconds: 1,
  steps: [],
  outputs: new Map(),
  summaries: [],
  annotations: [],
});

describe('expected jobs', () => {
  it('shows the jobs of each stage of a green run', () => {
    expect(expectedJobs(allGreen, 2, 0).map((outcome) => outcome.name)).toEqual([
      'cicd / Detect',
      'cicd / Test / Plan',
      'cicd / Test / Run 1/2',
      'cicd / Test / Run 2/2',
      'cicd / Test / Report',
      'cicd / Security / Scan',
      'cicd / Image / Build',
      'cicd / Image / Build with identity ()',
      'cicd / Image / Merge',
      'cicd / Image / Sign',
      'cicd / Infrastructure (staging) / Plan staging',
      'cicd / Infrastructure (staging) / Apply staging',
      'cicd / Staging / Deploy staging',
      'cicd / Staging / Diff staging',
      'cicd / Infrastructure (production) / Plan production',
      'cicd / Infrastructure (production) / Apply production',
      'cicd / Production / Deploy production',
      'cicd / Production / Diff production',
      'cicd / Notify / Notify',
    ]);
  });

  it('skips the apply of a plan that changes nothing', () => {
    const plan = (name: string, changes: string) => ({
      ...job(name, 'success'),
      outputs: new Map([['plan.changes', changes]]),
    });
    const idle = idleApplies([
      plan('cicd / Infrastructure (staging) / Plan staging', 'false'),
      plan('cicd / Infrastructure (production) / Plan production', 'true'),
      plan('cicd / Test / Plan', 'false'),
    ]);
    expect(idle).toEqual(['Apply staging']);
    const outcomes = new Map(
      expectedJobs(allGreen, 1, 0, 'push', idle).map(({ name, result }) => [name, result]),
    );
    expect(outcomes.get('cicd / Infrastructure (staging) / Apply staging')).toBe('skipped');
    expect(outcomes.get('cicd / Infrastructure (production) / Apply production')).toBe('success');
  });

  it('shows plans and differences of a pull request, and skips what would act', () => {
    const outcomes = expectedJobs(proposedGreen, 1, 0, 'proposal');
    expect(Object.fromEntries(outcomes.map(({ name, result }) => [name, result]))).toEqual({
      'cicd / Detect': 'success',
      'cicd / Test / Plan': 'success',
      'cicd / Test / Run 1/1': 'success',
      'cicd / Test / Report': 'success',
      'cicd / Security / Scan': 'success',
      'cicd / Image / Build': 'success',
      'cicd / Image / Build with identity ()': 'skipped',
      'cicd / Image / Merge': 'skipped',
      'cicd / Image / Sign': 'skipped',
      'cicd / Infrastructure (staging) / Plan staging': 'success',
      'cicd / Infrastructure (staging) / Apply staging': 'skipped',
      'cicd / Staging / Diff staging': 'success',
      'cicd / Staging / Deploy staging': 'skipped',
      'cicd / Infrastructure (production) / Plan production': 'success',
      'cicd / Infrastructure (production) / Apply production': 'skipped',
      'cicd / Production / Diff production': 'success',
      'cicd / Production / Deploy production': 'skipped',
      'cicd / Notify': 'skipped',
    });
  });

  it('shows a skipped stage as itself, and one red shard with a red report', () => {
    const outcomes = expectedJobs({ ...nothingAfterChecks, Test: 'failure' }, 3, 2);
    expect(Object.fromEntries(outcomes.map(({ name, result }) => [name, result]))).toEqual({
      'cicd / Detect': 'success',
      'cicd / Test / Plan': 'success',
      'cicd / Test / Run 1/3': 'success',
      'cicd / Test / Run 2/3': 'failure',
      'cicd / Test / Run 3/3': 'success',
      'cicd / Test / Report': 'failure',
      'cicd / Security / Scan': 'success',
      'cicd / Image': 'skipped',
      'cicd / Infrastructure (staging)': 'skipped',
      'cicd / Staging': 'skipped',
      'cicd / Infrastructure (production)': 'skipped',
      'cicd / Production': 'skipped',
      'cicd / Notify / Notify': 'success',
    });
  });
});

describe('differences', () => {
  const expected = [
    { name: 'a', result: 'success' },
    { name: 'b', result: 'skipped' },
  ] as const;

  it.each([
    ['none', [job('a', 'success'), job('b', 'skipped')], []],
    [
      'none for a job that only called',
      [job('a', 'success'), job('b', 'skipped'), job('c', 'success', true)],
      [],
    ],
    [
      'another result',
      [job('a', 'failure'), job('b', 'skipped')],
      ["'a' was to end with success, and ended with failure"],
    ],
    ['a missing job', [job('a', 'success')], ["'b' was to end with skipped, and is not there"]],
    [
      'a job too many',
      [job('a', 'success'), job('b', 'skipped'), job('d', 'success')],
      ["'d' was not expected, and ended with success"],
    ],
    [
      'a job that never ended',
      [job('a', undefined), job('b', 'skipped')],
      ["'a' was to end with success, and ended with none"],
    ],
  ])('%s', (_, actual, differences) => {
    expect(jobDifferences(expected, actual)).toEqual(differences);
  });
});

it('reads the shards from their names', () => {
  expect(
    shardsOf([job('cicd / Test / Run 1/2', 'success'), job('cicd / Test / Run 2/2', 'failure')]),
  ).toEqual({
    count: 2,
    red: 2,
  });
  expect(shardsOf([])).toEqual({ count: 1, red: 0 });
});
