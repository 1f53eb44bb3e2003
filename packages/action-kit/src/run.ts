import * as core from '@actions/core';
import { ActionError, messageOf } from './failure.js';
import { error, info, isDebug } from './log.js';
import { ends, plain } from './plain.js';

export type OutputValue = string | number | boolean;

/** The outputs of a running action. A value set is written at once, so that a killed step keeps it. */
export interface Outputs<T extends Record<string, OutputValue>> {
  set<K extends keyof T & string>(name: K, value: T[K]): void;
}

/** The same record with its literal types widened: `{ ok: false }` may later hold `true`. */
type Widened<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends number
      ? number
      : T[K] extends boolean
        ? boolean
        : never;
};

/**
 * Runs an action's body. The default outputs are written first, so that every output is set on every path; what the
 * body throws, or what fails beside it while it runs, becomes one error annotation with cause and remedy (a stack only
 * in debug runs), and exit code 1.
 */
export async function runAction<T extends Record<string, OutputValue>>(
  title: string,
  defaults: T,
  body: (outputs: Outputs<Widened<T>>) => Promise<void>,
): Promise<void> {
  const stop = (thrown: unknown): never => {
    reportFailure(title, thrown);
    process.exit(1);
  };
  process.once('uncaughtException', stop); // also what an unhandled rejection becomes
  try {
    for (const [name, value] of Object.entries(defaults)) writeOutput(name, value);
    await body({ set: writeOutput });
  } catch (thrown) {
    reportFailure(title, thrown);
    process.exitCode = 1;
  } finally {
    process.off('uncaughtException', stop);
  }
}

/** Prints a failure as one error annotation, for bodies that go on after it (a post step, one sink of several). */
export function reportFailure(title: string, thrown: unknown): void {
  const remedy = thrown instanceof ActionError ? thrown.remedy : UNFORESEEN;
  const cause = ends(plain(messageOf(thrown)).trim(), CAUSE_CHARACTERS);
  error(`${cause}\nWhat to do: ${ends(remedy, REMEDY_CHARACTERS)}`, { title });
  if (isDebug() && thrown instanceof Error) info(stackOf(thrown));
}

/**
 * The runner cuts an annotation at 4,096 characters, in the log too, and the remedy comes last.
 * Source: actions/runner, ExecutionContext.cs, _maxIssueMessageLength.
 */
const CAUSE_CHARACTERS = 3000;
const REMEDY_CHARACTERS = 1000;

const UNFORESEEN =
  'This is not a failure that the action foresees. Run the job again with debug logging on, and report it with that log.';

function stackOf(thrown: Error): string {
  const stack = thrown.stack ?? String(thrown);
  return thrown.cause instanceof Error ? `${stack}\nCaused by: ${stackOf(thrown.cause)}` : stack;
}

function writeOutput(name: string, value: OutputValue): void {
  core.setOutput(name, String(value));
}

/**
 * Puts a folder at the head of PATH, for this process and the job's later steps.
 * @throws ActionError 'bad-path' for one with a line break, which the runner would read as two folders
 */
export function addPath(folder: string): void {
  if (/[\r\n]/.test(folder)) {
    throw new ActionError('bad-path', `A folder with a line break in its name cannot be put on PATH.`, {
      remedy: 'Rename the folder, or name another.',
    });
  }
  core.addPath(folder);
}

/** Sets an environment variable for this process and the job's later steps. */
export function exportVariable(name: string, value: string): void {
  core.exportVariable(name, value);
}

/** Keeps a value for this action's post step. */
export function saveState(name: string, value: string): void {
  core.saveState(name, value);
}

/** The value that main kept, or an empty string. */
export function state(name: string): string {
  return core.getState(name);
}
