import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runWorkflow, type WorkflowResult } from '../engine/act.js';
import type { ActEvent } from '../engine/act-log.js';
import type { GitHubSide, RunFacts } from './github-side.js';
import type { Parts } from './parts.js';
import type { Stage } from './stage.js';

/** What a run begins with: the repository is as it is to be, and this happened to it. */
export interface Occasion {
  readonly event: 'push' | 'pull_request' | 'workflow_run' | 'workflow_dispatch' | 'schedule';
  /** In `.github/workflows`. */
  readonly workflow: string;
  readonly actor: string;
  readonly payload: object;
  readonly facts: RunFacts;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** An occasion and what the workflow made of it. */
export interface Carried {
  /** The number of the run. */
  readonly run: number;
  readonly result: WorkflowResult;
  /** Requests that GitHub would have refused as mistakes. */
  readonly violations: readonly string[];
}

export interface CarryOptions {
  /** Gets the run's files and its log. */
  readonly folder: string;
  readonly onEvent?: (event: ActEvent) => void;
  readonly signal?: AbortSignal;
  /** When it is raised the runner dies. */
  readonly death?: AbortSignal;
}

/** Carries an occasion through its workflow, beside loopback services of GitHub's. */
export async function carry(
  parts: Parts,
  stage: Stage,
  gitHub: GitHubSide,
  occasion: Occasion,
  options: CarryOptions,
): Promise<Carried> {
  await mkdir(options.folder, { recursive: true });
  const { consumer } = stage;
  const eventFile = join(options.folder, 'event.json');
  await writeFile(eventFile, JSON.stringify(occasion.payload));
  const run = gitHub.beginRun(occasion.facts);
  const result = await runWorkflow(
    {
      repository: consumer.slug,
      folder: consumer.folder,
      workflow: `.github/workflows/${occasion.workflow}`,
      branch: consumer.branch,
      actor: occasion.actor,
      event: occasion.event,
      eventFile,
      variables: occasion.variables,
      secrets: occasion.secrets,
      environment: { ...run.environment, ...parts.environment },
      localRepositories: stage.localRepositories,
      labels: ['ubuntu-latest'],
    },
    {
      act: parts.act.path,
      programs: [join(process.execPath, '..'), ...parts.searchPath],
      ...options,
    },
  );
  run.end(result.exitCode === 0);
  return { run: run.id, result, violations: gitHub.takeViolations() };
}
