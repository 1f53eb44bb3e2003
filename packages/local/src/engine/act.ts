import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@fairway/exec-kit';
import { actArguments, cleanEnvironment, type RunFiles, type WorkflowRun } from './act-command.js';
import { type ActEvent, type ActJob, ActLog } from './act-log.js';
import { endOrphans } from './orphans.js';

/** How a workflow ended. */
export interface WorkflowResult {
  readonly exitCode: number | null;
  /** Every job that act ran or skipped, in the order in which they began. */
  readonly jobs: readonly ActJob[];
  readonly seconds: number;
  /** What act said outside its jobs, with its reasons for giving up. */
  readonly engineMessages: readonly string[];
}

export interface ActOptions {
  /** Path of the act program. */
  readonly act: string;
  /** Folders that lead PATH inside the jobs. */
  readonly programs: readonly string[];
  /** Gets the settings' files, act's work folder, and `log.txt`. */
  readonly folder: string;
  readonly onEvent?: (event: ActEvent) => void;
  readonly signal?: AbortSignal;
  /** When it is raised the runner dies: act and everything that a step has started end at once, by SIGKILL. */
  readonly death?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Runs a workflow with act on this machine, in host mode. A red workflow is a result, not an error. */
export async function runWorkflow(workflow: WorkflowRun, options: ActOptions): Promise<WorkflowResult> {
  const trackingId = `fairway_${process.pid}_${Date.now()}`;
  const files = await writeFiles(workflow, options.folder, trackingId);
  const environment = {
    ...cleanEnvironment(process.env, options.programs),
    RUNNER_TRACKING_ID: trackingId, // act's own mark, and what its steps inherit
  };
  const die = () => void endOrphans(trackingId);
  options.death?.addEventListener('abort', die, { once: true });
  const log = new ActLog();
  const engineMessages: string[] = [];
  const transcript = createWriteStream(join(options.folder, 'log.txt'), { mode: 0o600 });
  const started = performance.now();
  try {
    const result = await run(options.act, actArguments(workflow, files), {
      cwd: workflow.folder,
      env: { ...withoutOwn(), ...environment },
      show: 'never',
      captureBytes: 64 * 1024,
      onStdoutLine: take,
      onStderrLine: take,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    });
    return {
      exitCode: result.exitCode,
      jobs: log.jobs,
      seconds: (performance.now() - started) / 1000,
      engineMessages,
    };
  } finally {
    options.death?.removeEventListener('abort', die);
    transcript.end();
    for (const orphan of await endOrphans(trackingId))
      engineMessages.push(`Ended what a step left: ${orphan}`);
    for (const file of [files.secrets, files.environment, files.actionCache])
      await rm(file, { recursive: true, force: true });
  }

  function take(line: string): void {
    for (const event of log.take(line)) {
      if (event.kind === 'engine') engineMessages.push(event.line);
      transcript.write(transcriptLine(event));
      options.onEvent?.(event);
    }
  }
}

/** Every variable of ours, taken away: exec-kit lays an environment over the process's own. */
function withoutOwn(): Record<string, undefined> {
  return Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
}

/** act reads a .yml file as a map, and JSON is YAML: no quoting rules of dotenv files to fall over. */
async function writeFiles(workflow: WorkflowRun, folder: string, trackingId: string): Promise<RunFiles> {
  const files = {
    secrets: join(folder, 'secrets.yml'),
    variables: join(folder, 'variables.yml'),
    environment: join(folder, 'environment.yml'),
    actionCache: join(folder, 'act'),
  };
  await mkdir(files.actionCache, { recursive: true });
  const own = {
    GITHUB_REPOSITORY: workflow.repository,
    GITHUB_REPOSITORY_OWNER: workflow.repository.split('/')[0],
    RUNNER_TRACKING_ID: trackingId,
  };
  await writeFile(files.secrets, JSON.stringify(workflow.secrets), { mode: 0o600 });
  await writeFile(files.variables, JSON.stringify(workflow.variables), { mode: 0o600 });
  await writeFile(files.environment, JSON.stringify({ ...own, ...workflow.environment }), { mode: 0o600 });
  return files;
}

function transcriptLine(event: ActEvent): string {
  switch (event.kind) {
    case 'engine':
      return `${event.line}\n`;
    case 'started':
      return `[${event.job.name}] begins\n`;
    case 'output':
      return `[${event.job.name}] ${event.line}\n`;
    case 'step':
      return `[${event.job.name}] ${event.step.result}: ${event.step.stage} ${event.step.name} (${event.step.seconds.toFixed(1)} s)\n`;
    case 'ended':
      return `[${event.job.name}] ended: ${event.result}\n`;
  }
}
