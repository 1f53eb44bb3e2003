import {
  type ConsumerRepository,
  dispatchPayload,
  type Push,
  pushPayload,
  schedulePayload,
} from '../engine/consumer.js';
import {
  followUpPayload,
  type Proposal,
  type ProposalAction,
  pullRequestPayload,
} from '../engine/proposal.js';
import type { Dispatch } from '../scenarios/scenario.js';
import type { Carried, Occasion } from './carry.js';

const serverUrl = 'https://github.com';

/** Variables and secrets that a run is given. */
export type Settings = Pick<Occasion, 'variables' | 'secrets'>;

/** The name in workflows/cicd/caller.yml, which the second half follows. */
const pipeline = 'CI/CD';

/** A push to the default branch. Pure, as all here. */
export function pushOccasion(repository: ConsumerRepository, pushed: Push, settings: Settings): Occasion {
  return {
    event: 'push',
    workflow: 'cicd.yml',
    actor: 'robin',
    payload: pushPayload(repository, pushed, serverUrl),
    facts: {
      workflow: pipeline,
      event: 'push',
      headBranch: repository.branch,
      headSha: pushed.after,
      ref: `refs/heads/${repository.branch}`,
      readOnly: false,
    },
    ...settings,
  };
}

/** What happened to a pull request, and the team's workflow that is told of it. */
export interface ProposalEvent {
  readonly action: ProposalAction;
  /** In `.github/workflows`, and by name. */
  readonly workflow: string;
  readonly name: string;
}

const proposedToPipeline: ProposalEvent = { action: 'opened', workflow: 'cicd.yml', name: pipeline };

/** A pull request. From a fork its token is read-only, and who calls gives it no secrets but that. */
export function proposalOccasion(
  repository: ConsumerRepository,
  proposal: Proposal,
  settings: Settings,
  { action, workflow, name }: ProposalEvent = proposedToPipeline,
): Occasion {
  const [author = ''] = proposal.from.split('/');
  const fork = proposal.from !== repository.slug;
  const actor = fork ? author : 'robin';
  return {
    event: 'pull_request',
    workflow,
    actor,
    payload: pullRequestPayload(repository, proposal, actor, serverUrl, action),
    facts: {
      workflow: name,
      event: 'pull_request',
      headBranch: proposal.branch,
      headSha: proposal.head,
      ref: `refs/pull/${proposal.number}/merge`,
      readOnly: fork,
    },
    ...settings,
  };
}

/** A workflow that somebody starts by hand, with what was filled in. */
export function dispatchOccasion(
  repository: ConsumerRepository,
  { workflow, inputs }: Dispatch,
  head: string,
  settings: Settings,
): Occasion {
  const ref = `refs/heads/${repository.branch}`;
  return {
    event: 'workflow_dispatch',
    workflow,
    actor: 'robin',
    payload: dispatchPayload(repository, { workflow, inputs, ref }, serverUrl),
    facts: {
      workflow,
      event: 'workflow_dispatch',
      headBranch: repository.branch,
      headSha: head,
      ref,
      readOnly: false,
    },
    ...settings,
  };
}

/** A workflow whose time has come: it runs at the default branch. */
export function scheduleOccasion(
  repository: ConsumerRepository,
  { workflow, name }: Omit<ProposalEvent, 'action'>,
  head: string,
  settings: Settings,
): Occasion {
  return {
    event: 'schedule',
    workflow,
    actor: 'robin',
    payload: schedulePayload(repository, serverUrl),
    facts: {
      workflow: name,
      event: 'schedule',
      headBranch: repository.branch,
      headSha: head,
      ref: `refs/heads/${repository.branch}`,
      readOnly: false,
    },
    ...settings,
  };
}

/** The run that follows one of a pull request, on the default branch and with its rights. */
export function followUpOccasion(
  repository: ConsumerRepository,
  proposal: Proposal,
  { run, result }: Carried,
  settings: Settings,
): Occasion {
  const conclusion = result.exitCode === 0 ? 'success' : 'failure';
  return {
    event: 'workflow_run',
    workflow: 'test-report.yml',
    actor: 'stranger',
    payload: followUpPayload(repository, proposal, { id: run, workflow: pipeline, conclusion }, serverUrl),
    facts: {
      workflow: 'Test report',
      event: 'workflow_run',
      headBranch: repository.branch,
      headSha: proposal.base,
      ref: `refs/heads/${repository.branch}`,
      readOnly: false,
    },
    ...settings,
  };
}
