import { join } from 'node:path';
import { push, takeBack } from '../engine/consumer.js';
import { git } from '../engine/git.js';
import { propose, withdraw } from '../engine/proposal.js';
import type { PreviewLife } from '../scenarios/preview-life.js';
import type { Dispatch, Interruption, Scenario } from '../scenarios/scenario.js';
import { type Carried, type CarryOptions, carry } from './carry.js';
import { type EnvironmentView, viewEnvironment } from './environment-view.js';
import type { GitHubSide, GitHubView } from './github-side.js';
import { waitBetweenReleases } from './interrupting.js';
import {
  dispatchOccasion,
  followUpOccasion,
  proposalOccasion,
  pushOccasion,
  type Settings,
} from './occasions.js';
import type { Parts } from './parts.js';
import { type ChapterSeen, carryLife } from './preview-course.js';
import { machineVariables, type RunKeys, secretsFor, variablesFor } from './settings.js';
import type { Stage } from './stage.js';

/** A scenario's change, and what came of it. */
export interface CarriedChange extends Carried {
  /** The commit that it is about. */
  readonly commit: string;
  /** The pull request that it is; undefined for a push. */
  readonly proposal: number | undefined;
  /** What was written on GitHub when the run had ended, before any second one. */
  readonly written: GitHubView;
  /** Of a fork's pull request: the run that reported on the first. */
  readonly second?: Carried;
  /** Of a push whose runner died: what the environment was like in that moment; undefined when it got through. */
  readonly cutOff?: EnvironmentView | undefined;
  /** Of a pull request's life: what was seen after each of its runs. */
  readonly chapters?: readonly ChapterSeen[];
}

/** Where a change is carried through. */
export interface Channel {
  readonly parts: Parts;
  readonly stage: Stage;
  readonly gitHub: GitHubSide;
  readonly keys: RunKeys;
}

/**
 * Makes what the scenario says happen, mostly a push, and carries it; what did not get to production is taken back, as a
 * team would.
 */
export async function carryChange(
  channel: Channel,
  scenario: Scenario,
  options: CarryOptions,
): Promise<CarriedChange> {
  const { proposal, previewed, dispatch, interruption, rush } = scenario;
  if (proposal !== undefined) return carryProposal(channel, scenario, proposal, options);
  if (previewed !== undefined) return carryPreviewed(channel, scenario, previewed, options);
  if (dispatch !== undefined) return carryDispatch(channel, scenario, dispatch, options);
  if (interruption !== undefined) return carryInterrupted(channel, scenario, interruption, options);
  if (rush !== undefined) return carryNothing(channel);
  return carryPush(channel, scenario, options);
}

/** The change whose runner dies, and after it the next one, which is what the scenario is about. */
async function carryInterrupted(
  channel: Channel,
  scenario: Scenario,
  { environment, next }: Interruption,
  options: CarryOptions,
): Promise<CarriedChange> {
  const { parts, stage, gitHub } = channel;
  const pushed = await push(stage.consumer, scenario.message, scenario.edits);
  const occasion = pushOccasion(stage.consumer, pushed, await settingsFor(channel, scenario, options));
  const before = await viewEnvironment(parts.kubeconfig, environment);
  const ambush = waitBetweenReleases(parts.kubeconfig, environment, before);
  const { death } = ambush;
  const killed = { ...options, folder: join(options.folder, 'killed'), death };
  let cutOff: EnvironmentView | undefined;
  try {
    await carry(parts, stage, gitHub, occasion, killed);
  } finally {
    cutOff = await ambush.end();
  }
  options.signal?.throwIfAborted();
  return { ...(await carryPush(channel, { ...scenario, ...next }, options)), cutOff };
}

async function carryDispatch(
  channel: Channel,
  scenario: Scenario,
  dispatch: Dispatch,
  options: CarryOptions,
): Promise<CarriedChange> {
  const { parts, stage, gitHub } = channel;
  const head = await git(stage.consumer.folder, 'rev-parse', 'HEAD');
  const settings = await settingsFor(channel, scenario, options);
  const occasion = dispatchOccasion(stage.consumer, dispatch, head, settings);
  const carried = await carry(parts, stage, gitHub, occasion, options);
  return { ...carried, commit: head, proposal: undefined, written: gitHub.view() };
}

/** No workflow runs: what happens, happens to what was deployed before. */
async function carryNothing({ stage, gitHub }: Channel): Promise<CarriedChange> {
  const commit = await git(stage.consumer.folder, 'rev-parse', 'HEAD');
  const result = { exitCode: 0, jobs: [], seconds: 0, engineMessages: [] };
  return { run: 0, result, violations: [], commit, proposal: undefined, written: gitHub.view() };
}

async function carryPush(
  channel: Channel,
  scenario: Scenario,
  options: CarryOptions,
): Promise<CarriedChange> {
  const { parts, stage, gitHub } = channel;
  const pushed = await push(stage.consumer, scenario.message, scenario.edits);
  const occasion = pushOccasion(stage.consumer, pushed, await settingsFor(channel, scenario, options));
  const carried = await carry(parts, stage, gitHub, occasion, options);
  const released = scenario.results.Production === 'success';
  if (!released || scenario.reverted) await takeBack(stage.consumer, pushed);
  return { ...carried, commit: pushed.after, proposal: undefined, written: gitHub.view() };
}

async function carryProposal(
  channel: Channel,
  scenario: Scenario,
  { number, branch, fork }: NonNullable<Scenario['proposal']>,
  options: CarryOptions,
): Promise<CarriedChange> {
  const { parts, stage, gitHub, keys } = channel;
  const { consumer } = stage;
  const { message: title, edits } = scenario;
  const proposal = await propose(consumer, { number, title, branch, from: fork ?? consumer.slug, edits });
  gitHub.keep(proposal);
  const settings =
    fork === undefined
      ? await settingsFor(channel, scenario, options)
      : { variables: machineVariables(parts), secrets: { GITHUB_TOKEN: keys.token } };
  const carried = await carry(parts, stage, gitHub, proposalOccasion(consumer, proposal, settings), options);
  const written = gitHub.view();
  await withdraw(consumer, proposal);
  const about = { commit: proposal.head, proposal: number, written };
  if (fork === undefined) return { ...carried, ...about };
  const followUp = followUpOccasion(
    consumer,
    proposal,
    carried,
    await settingsFor(channel, scenario, options),
  );
  const folder = join(options.folder, 'second');
  return {
    ...carried,
    ...about,
    second: await carry(parts, stage, gitHub, followUp, { ...options, folder }),
  };
}

async function carryPreviewed(
  channel: Channel,
  scenario: Scenario,
  life: PreviewLife,
  options: CarryOptions,
): Promise<CarriedChange> {
  const settings = await settingsFor(channel, scenario, options);
  return carryLife(channel, { title: scenario.message, life, settings }, options);
}

async function settingsFor(
  { parts, keys }: Channel,
  { variables = {}, secrets }: Scenario,
  { folder }: CarryOptions,
): Promise<Settings> {
  return {
    variables: variablesFor(parts, keys, variables, join(folder, '..', 'terraform')),
    secrets: await secretsFor(parts, keys, secrets),
  };
}
