import { readFile } from 'node:fs/promises';
import { ActionError, error, formatDuration, info, warning } from '@fairway/action-kit';
import { tree } from '@fairway/action-kit/tree';
import { pause, quoted, run } from '@fairway/exec-kit';
import { bakeArguments } from './bake-plan.js';
import { type BuildFailure, explain, toError } from './build-failure.js';
import { show } from './build-log.js';
import { type BuildPlan, buildArguments, hiddenEnvironment } from './build-plan.js';
import { BuildTrace } from './build-trace.js';

/** What a build gave. */
export interface BuildResult {
  /** `sha256:…` of the image or index; empty where the builder keeps none. */
  readonly digest: string;
  /** buildx's own account, as it wrote it. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly durationMs: number;
}

/** How a build is carried out. */
export interface BuildRun {
  readonly buildx: string;
  readonly env: Readonly<Record<string, string>>;
  /** Tries after the first, for failures that may pass. */
  readonly retries: number;
  readonly timeoutMs: number;
  /** The Dockerfile, relative to the workspace, where there is one. */
  readonly dockerfile?: string;
  /**
   * Told of each try's trace as it begins, so that a summary can be written whatever happens. Absent for what has been
   * built before: its warnings were told.
   */
  readonly onTrace?: (trace: BuildTrace) => void;
}

/**
 * Builds, and builds again only where the registry or the way to it failed: the builder still has every layer, so
 * that a second try does no more than the part that failed. A failing Dockerfile is never tried twice.
 * @throws ActionError with the failure's class as code
 */
export async function build(plan: BuildPlan, how: BuildRun): Promise<BuildResult> {
  const deadline = performance.now() + how.timeoutMs;
  const started = performance.now();
  for (let attempt = 1; ; attempt++) {
    const failure = await tryBuild(plan, how, deadline - performance.now());
    if (failure === undefined) break;
    const wait = 2000 * 2 ** (attempt - 1) * (0.5 + Math.random());
    if (!failure.transient || attempt > how.retries || performance.now() + wait > deadline) {
      annotate(failure, how.dockerfile);
      throw toError(failure);
    }
    info(
      `${failure.message}\nThat may pass: trying again in ${formatDuration(wait)} (${attempt} of ${how.retries}).`,
    );
    await pause(wait);
  }
  const written = await readMetadata(plan.metadataFile);
  const metadata = plan.bake ? tree(written[plan.bake.target]) : written;
  const digest = metadata['containerimage.digest'];
  return {
    digest: typeof digest === 'string' ? digest : '',
    metadata,
    durationMs: performance.now() - started,
  };
}

async function tryBuild(
  plan: BuildPlan,
  how: BuildRun,
  timeoutMs: number,
): Promise<BuildFailure | undefined> {
  const trace = new BuildTrace();
  how.onTrace?.(trace);
  const args = plan.bake ? bakeArguments(plan, plan.bake.target, plan.bake.files) : buildArguments(plan);
  info(`▸ ${quoted('docker', ['buildx', ...args])}`);
  const onLine = (line: string) => show(trace.read(line));
  const result = await run(how.buildx, args, {
    show: 'never',
    captureBytes: 0,
    env: { ...how.env, ...hiddenEnvironment(plan) },
    timeoutMs,
    graceMs: 10_000,
    onStdoutLine: onLine,
    onStderrLine: onLine,
  });
  if (result.cancelled) {
    throw new ActionError('cancelled', 'The job was cancelled while the image was being built.', {
      remedy: 'Run the job again; the builder keeps what was finished.',
    });
  }
  if (result.timedOut) throw tooLong(trace, how.timeoutMs);
  if (how.onTrace) annotateWarnings(trace, how.dockerfile);
  return result.exitCode === 0 ? undefined : explain(trace);
}

function tooLong(trace: BuildTrace, timeoutMs: number): ActionError {
  const running = [...trace.steps.values()].filter((step) => step.started !== undefined && !step.completed);
  const names = running.map((step) => step.name).join(', ') || 'no step at all';
  return new ActionError(
    'timed-out',
    `The build did not end within ${formatDuration(timeoutMs)}; running was: ${names}`,
    {
      remedy: 'Look at that step, or give more time:  timeout: 1h',
    },
  );
}

function annotate(failure: BuildFailure, file: string | undefined): void {
  if (file === undefined || failure.line === undefined) return;
  const tail = failure.step?.tail.slice(-10).join('\n') ?? '';
  error([failure.message, tail].filter(Boolean).join('\n'), {
    title: 'Dockerfile',
    file,
    startLine: failure.line,
  });
}

/** GitHub shows ten warnings a step; more would push the rest out. */
const SHOWN_WARNINGS = 8;

function annotateWarnings(trace: BuildTrace, file: string | undefined): void {
  for (const { message, detail, url, line } of trace.warnings.slice(0, SHOWN_WARNINGS)) {
    warning([message, detail, url].filter(Boolean).join('\n'), {
      title: 'Dockerfile check',
      ...(file !== undefined && { file, ...(line !== undefined && { startLine: line }) }),
    });
  }
}

async function readMetadata(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return tree(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}
