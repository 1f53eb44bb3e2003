import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ActionError, inert, info } from '@fairway/action-kit';
import { quoted, run } from '@fairway/exec-kit';
import { type Attempt, Collector, type FileIndex, type Results, readReport } from '@fairway/reports';
import type { Coverage, Framework, Invocation, Selection } from './frameworks/index.js';
import type { Inputs } from './inputs.js';
import { testEnvironment } from './install.js';
import { place } from './placement.js';
import type { Project } from './project.js';
import { stamps, written } from './result-files.js';

/** What is run, and with what. */
export interface Task {
  readonly inputs: Inputs;
  readonly framework: Framework;
  readonly project: Project;
  /** The repository's files. */
  readonly index: FileIndex;
  readonly coverage: Coverage;
  /** Absolute; results are kept in it. */
  readonly out: string;
}

/** What one run came to. */
export interface Once {
  readonly attempt: Attempt;
  readonly results: Results;
  readonly coverageFiles: readonly string[];
}

/** Runs a selection once, and reads what it left. */
export async function runOnce(
  task: Task,
  selection: Selection,
  number: number,
  deadline: number,
): Promise<Once> {
  const { inputs, framework, project } = task;
  const out = join(task.out, `attempt-${number}`);
  await mkdir(out, { recursive: true });
  const invocation = framework.invoke(project, selection, out, task.coverage);
  for (const [path, text] of invocation.files ?? []) await writeFile(path, text);
  const coveragePatterns = [...invocation.coverage, ...inputs.coverageReports];
  const before = await stamps([...invocation.reports, ...coveragePatterns], project.folder);
  const timeoutMs = Math.max(1_000, deadline - performance.now());
  const told: string[] = [];
  const ended = await start(invocation, project.folder, timeoutMs, told);
  const collector = new Collector();
  const reports = [...(await written(invocation.reports, project.folder, before)), ...told];
  await collect(invocation, reports, project.folder, collector);
  const results = place(collector.results(), project, task.index);
  return {
    attempt: {
      exitCode: ended.exitCode,
      timedOut: ended.timedOut,
      durationMs: ended.durationMs,
      explained: isExplained(framework, ended.exitCode, results),
    },
    results,
    coverageFiles: await written(coveragePatterns, project.folder, before),
  };
}

/** An exit code other than 0 is accounted for by red tests, or by there being none, in the codes the tool has for it. */
export function isExplained(framework: Framework, exitCode: number | null, results: Results): boolean {
  if (exitCode === 0) return true;
  if (exitCode === null) return false;
  const { tests, failed, errored } = results.totals;
  if (tests === 0) return framework.emptyExitCodes?.includes(exitCode) ?? false;
  return failed + errored > 0 && (framework.redExitCodes?.includes(exitCode) ?? true);
}

/** @param told is given the reports that the output names */
async function start(invocation: Invocation, cwd: string, timeoutMs: number, told: string[]) {
  const { capture } = invocation;
  const file = capture && createWriteStream(capture.path);
  const keep = (line: string) => {
    file?.write(`${line}\n`);
    const shown = capture?.show ? capture.show(line) : `${line}\n`;
    if (shown !== '') process.stdout.write(inert(shown));
  };
  const listen = (line: string) => {
    const path = invocation.told?.(line);
    // Only within the project: any test can print such a line.
    if (path !== undefined && !relative(cwd, path).startsWith('..')) told.push(path);
  };
  const title = shown(invocation);
  if (capture) info(`▸ ${title}`);
  try {
    return await run(invocation.tool, invocation.args, {
      commands: 'allow', // as in a `run:` step: tests print `::error file=…::` on purpose
      cwd,
      title,
      env: { ...testEnvironment(cwd), ...invocation.env },
      timeoutMs,
      captureBytes: 1024,
      ...(invocation.told && { onStdoutLine: listen }),
      ...(capture && { show: 'never' as const, onStdoutLine: keep, onStderrLine: keep }),
    });
  } finally {
    if (file) await closed(file);
  }
}

/** The command as it is run; of hundreds of files only the first are shown. */
function shown({ tool, args }: Invocation): string {
  const line = quoted(tool, args);
  return line.length > 4_000 ? `${line.slice(0, 4_000)}… (${args.length} arguments)` : line;
}

function closed(file: WriteStream): Promise<void> {
  return new Promise((resolve, reject) => {
    file.once('error', reject);
    file.end(() => resolve());
  });
}

async function collect(
  invocation: Invocation,
  reports: readonly string[],
  cwd: string,
  into: Collector,
): Promise<void> {
  if (invocation.capture) {
    const { path, format } = invocation.capture;
    await readReport(path, 'the output of the tests', into, format);
  }
  for (const path of reports) {
    const name = path.startsWith(cwd) ? relative(cwd, path) : path;
    try {
      await readReport(path, name, into);
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      into.problem(name, error.message);
    }
  }
}
