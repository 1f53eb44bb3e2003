import type { Dispatch, Scenario } from '../scenarios/scenario.js';
import type { CarriedChange } from './change.js';
import {
  expectedJobs,
  idleApplies,
  type JobOutcome,
  jobDifferences,
  secondHalf,
  shardsOf,
} from './expected-jobs.js';
import type { Verdict } from './judge.js';
import { jobOf } from './preview-course.js';

/** What must hold of the run itself: exactly these jobs with these results, and an exit code that agrees. Pure. */
export function verdictsOnRun(
  scenario: Scenario,
  carried: CarriedChange,
  exactJobs: boolean,
): readonly Verdict[] {
  const { result, second } = carried;
  const violations = [...carried.violations, ...(second?.violations ?? [])];
  const red = Object.values(scenario.dispatch?.jobs ?? scenario.results).includes('failure');
  if (scenario.rush !== undefined) return []; // no workflow ran
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
  // Which shard it is, the plan decides; that there is one, the scenario.
  const redShard = scenario.redShard ? Math.max(1, shards.red) : 0;
  const change = scenario.proposal === undefined ? 'push' : 'proposal';
  const expected = [
    ...(ownJobs(scenario) ??
      expectedJobs(scenario.results, shards.count, redShard, change, idleApplies(result.jobs))),
    ...(second === undefined ? [] : secondHalf),
  ];
  const differences = jobDifferences(expected, [...result.jobs, ...(second?.result.jobs ?? [])]);
  verdicts.unshift({
    claim: `exactly the ${expected.length} jobs that were to be, each with its result`,
    instead: differences.length === 0 ? undefined : differences.join('\n'),
  });
  return verdicts;
}

/** The jobs that the scenario itself names, where it is not cicd.yml that runs. Pure. */
function ownJobs({ dispatch, previewed }: Scenario): readonly JobOutcome[] | undefined {
  if (dispatch !== undefined) return outcomes(dispatch.jobs, (name) => name);
  return previewed?.chapters.flatMap(({ event, jobs }) => outcomes(jobs, (name) => jobOf(event, name)));
}

function outcomes(jobs: Dispatch['jobs'], nameOf: (name: string) => string): readonly JobOutcome[] {
  return Object.entries(jobs).map(([name, result]) => ({ name: nameOf(name), result }));
}
