import { writeFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { type ActionDefinition, readActionDefinition } from './action-definition.js';
import { runScript } from './bundle-process.js';
import {
  defaultFacts,
  githubContext,
  inputVariable,
  type RunFacts,
  runnerEnvironment,
} from './environment.js';
import { type ExpressionContexts, resolveExpressions } from './expression.js';
import { freshCommandFiles, inStepFolders, type StepFolders } from './step-folders.js';
import { StepLog } from './step-log.js';
import { type BundleResult, stepResult } from './step-result.js';

export interface BundleOptions {
  /** Absolute path of the action's folder, which holds action.yml and its bundle. */
  readonly action: string;
  /** Which entry of action.yml to run; `main` unless told. */
  readonly entry?: 'main' | 'post';
  /** The step's `with:`. A name that action.yml does not declare throws. */
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  /** The step's and the job's `env:`, and what loopback services hand out. undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The event that started the run; a `push` with an empty payload unless told. */
  readonly event?: { readonly name: string; readonly payload?: unknown };
  /** The run's facts (repository, sha, ref …) where the defaults do not fit. */
  readonly github?: Partial<RunFacts>;
  /** `github.token`. Masked in the log, as on GitHub. */
  readonly token?: string;
  /** The workspace; a fresh folder, removed afterwards, unless given. */
  readonly workspace?: string;
  /** RUNNER_TOOL_CACHE; a fresh folder, removed afterwards, unless given. */
  readonly toolCache?: string;
  /** `job.status` for the post entry's expressions. */
  readonly jobStatus?: 'success' | 'failure' | 'cancelled';
  /** STATE_* for the post entry, as an earlier main left it. */
  readonly state?: Readonly<Record<string, string>>;
  /** Milliseconds until the process group is killed; a minute unless told. */
  readonly timeoutMs?: number;
  /** Cancels the step as the runner does (SIGINT first). */
  readonly signal?: AbortSignal;
}

/** A token that looks like the one GitHub gives to a job. */
export const defaultToken = 'ghs_loopbackloopbackloopbackloopback0000';

/**
 * Runs one entry of a built action exactly as GitHub's runner does: a clean environment, INPUT_* with the defaults of
 * action.yml, fresh command files, the event's payload in a file.
 * @throws Error for an input that action.yml does not declare, or an entry it does not have. A failing action does not
 * throw: its exit code and messages are in the result.
 */
export async function runBundle(options: BundleOptions): Promise<BundleResult> {
  return inStepFolders(options, (folders) => runEntry(options, folders));
}

/**
 * Runs main and then post, as a job does: post sees main's state, the variables main exported and the folders it put
 * on PATH, and runs even when main failed.
 */
export async function runAction(
  options: Omit<BundleOptions, 'entry' | 'state'>,
): Promise<{ main: BundleResult; post?: BundleResult }> {
  return inStepFolders(options, async (folders) => {
    const main = await runEntry({ ...options, entry: 'main' }, folders);
    const definition = await readActionDefinition(options.action);
    if (definition.entries.post === undefined) return { main };
    const path = [...main.path]
      .reverse()
      .concat(process.env.PATH ?? '')
      .join(delimiter);
    const post = await runEntry(
      {
        ...options,
        entry: 'post',
        state: main.state,
        env: { ...options.env, ...main.env, PATH: options.env?.PATH ?? path },
        jobStatus: options.jobStatus ?? main.conclusion,
      },
      folders,
    );
    return { main, post };
  });
}

async function runEntry(options: BundleOptions, folders: StepFolders): Promise<BundleResult> {
  const definition = await readActionDefinition(options.action);
  const script = entryScript(options, definition);
  const facts: RunFacts = {
    ...defaultFacts,
    apiUrl: options.env?.GITHUB_API_URL ?? defaultFacts.apiUrl,
    repository: options.env?.GITHUB_REPOSITORY ?? defaultFacts.repository,
    ...options.github,
  };
  const event = { name: options.event?.name ?? 'push', payload: options.event?.payload ?? {} };
  const token = options.token ?? defaultToken;
  await writeFile(folders.eventFile, JSON.stringify(event.payload));
  const files = await freshCommandFiles(folders.temp);
  const contexts: ExpressionContexts = {
    github: githubContext(facts, event, token, folders.workspace),
    runner: { temp: folders.temp, tool_cache: folders.toolCache, os: 'Linux' },
    job: { status: options.jobStatus ?? 'success' },
    env: options.env ?? {},
  };
  const env = defined({
    ...runnerEnvironment(facts, event.name, folders, files),
    ...options.env,
    ...inputVariables(options, definition, contexts),
    ...stateVariables(options.state),
  });
  const log = new StepLog([token], env.RUNNER_DEBUG === '1');
  const end = await runScript({
    script,
    cwd: folders.workspace,
    env,
    timeoutMs: options.timeoutMs ?? 60_000,
    onLine: log.onLine,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return stepResult(end, log, files);
}

function entryScript(options: BundleOptions, definition: ActionDefinition): string {
  if (!isAbsolute(options.action)) throw new Error(`action must be an absolute path, not ${options.action}`);
  const entry = options.entry ?? 'main';
  const script = definition.entries[entry];
  if (script === undefined) throw new Error(`${definition.name} has no ${entry} entry in its action.yml`);
  return join(options.action, script);
}

/** Every declared input is set, as the runner does it: the given text, or the resolved default, or nothing. */
function inputVariables(
  options: BundleOptions,
  definition: ActionDefinition,
  contexts: ExpressionContexts,
): Record<string, string> {
  const given = new Map(
    Object.entries(options.inputs ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const variables: Record<string, string> = {};
  for (const [name, fallback] of definition.inputs) {
    const value = given.get(name.toLowerCase());
    given.delete(name.toLowerCase());
    variables[inputVariable(name)] = value ?? resolveExpressions(fallback ?? '', contexts);
  }
  if (given.size > 0) {
    throw new Error(
      `Unexpected input(s) '${[...given.keys()].join("', '")}', valid inputs are ['${[...definition.inputs.keys()].join("', '")}']`,
    );
  }
  return variables;
}

function stateVariables(state: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
}

function defined(record: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
