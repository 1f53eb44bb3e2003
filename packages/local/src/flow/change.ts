import { join } from 'node:path';
import { push, takeBack } from '../engine/consumer.js';
import { propose, withdraw } from '../engine/proposal.js';
import type { Scenario } from '../scenarios/scenario.js';
import { type Carried, type CarryOptions, carry } from './carry.js';
import type { GitHubSide, GitHubView } from './github-side.js';
import { followUpOccasion, proposalOccasion, pushOccasion, type Settings } from './occasions.js';
import type { Parts } from './parts.js';
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
}

/** Where a change is carried through. */
export interface Channel {
  readonly parts: Parts;
  readonly stage: Stage;
  readonly gitHub: GitHubSide;
  readonly keys: RunKeys;
}

/** Makes the scenario's change and carries it; what did not get to production is taken back, as a team would. */
export async function carryChange(
  channel: Channel,
  scenario: Scenario,
  options: CarryOptions,
): Promise<CarriedChange> {
  return scenario.proposal === undefined
    ? carryPush(channel, scenario, options)
    : carryProposal(channel, scenario, scenario.proposal, options);
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
  gitHub.open(proposal);
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
