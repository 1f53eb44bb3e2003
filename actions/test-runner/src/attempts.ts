import { group, info } from '@fairway/action-kit';
import { quoted } from '@fairway/exec-kit';
import {
  type Attempt,
  fileOf,
  isRed,
  isWhole,
  mergeAttempt,
  type Results,
  type TestCase,
} from '@fairway/reports';
import { runOnce, type Task } from './attempt.js';
import type { Selection } from './frameworks/index.js';
import { folderOf } from './placement.js';
import type { Project } from './project.js';

export interface Outcome {
  readonly results: Results;
  readonly attempts: readonly Attempt[];
  /** What one can paste to run it again: the red tests where there are any, else what ran. */
  readonly command: string;
  readonly startedAt: number;
  readonly wallMs: number;
  /** Absolute paths of coverage reports. */
  readonly coverageFiles: readonly string[];
}

/** With more red tests than this something is broken at large, and trying again would only take time. */
const RETRYABLE = 100;

/** Runs the selection, then, up to `retries` times, only what is still red. */
export async function runAttempts(task: Task, selection: Selection): Promise<Outcome> {
  const { inputs } = task;
  const startedAt = Date.now();
  const deadline = performance.now() + inputs.timeoutMs;
  const first = await runOnce(task, selection, 1, deadline);
  const attempts = [first.attempt];
  let { results } = first;
  for (let number = 2; number <= inputs.retries + 1; number++) {
    const red = results.failures.filter(({ status }) => isRed(status));
    if (red.length === 0 || results.omitted.failures > 0 || attempts.some(({ timedOut }) => timedOut)) break;
    if (red.length > RETRYABLE) {
      info(`${red.length} tests are red: too many to be flaky, so they are not run again.`);
      break;
    }
    const again = await group(`Attempt ${number}: ${red.length} red tests again`, () =>
      runOnce(task, retrySelection(red, task.project, selection), number, deadline),
    );
    attempts.push(again.attempt);
    results = mergeAttempt(results, again.results, number);
  }
  return {
    results,
    attempts,
    command: commandFor(task, selection, results),
    startedAt,
    wallMs: Date.now() - startedAt,
    coverageFiles: first.coverageFiles,
  };
}

/**
 * A file that broke as a whole has no test to select: then files are run again, not tests. Pure.
 * @param all what stands for the suite itself, which has not even a file
 */
export function retrySelection(red: readonly TestCase[], project: Project, all: Selection): Selection {
  const prefix = `${folderOf(project)}/`;
  const tests = red.map((test) =>
    test.file?.startsWith(prefix) && prefix !== '/'
      ? { ...test, file: test.file.slice(prefix.length) }
      : test,
  );
  if (!red.some(isWhole)) return { tests, again: true };
  const files = new Set(tests.map(fileOf));
  return files.has('') ? { ...all, again: true } : { files: [...files], again: true };
}

/** More tests than these nobody pastes. */
const PASTED = 10;

function commandFor(task: Task, selection: Selection, results: Results): string {
  const red = results.failures.filter(({ status }) => isRed(status));
  const few = red.length > 0 && red.length <= PASTED;
  const invocation = task.framework.invoke(
    task.project,
    few ? retrySelection(red, task.project, {}) : selection,
    task.out,
    task.coverage,
  );
  const [tool = '', ...args] = invocation.plain ?? [invocation.tool, ...invocation.args];
  const line = quoted(tool, args);
  return line.length > 1_500 ? quoted(tool, args.slice(0, 10)) : line;
}
