import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { context } from '@fairway/action-kit';
import { type RunOptions, type RunResult, run } from '@fairway/exec-kit';
import type { Inputs } from './inputs.js';
import { secretTexts } from './known-secrets.js';
import type { InfraTool } from './tool.js';

/** The tool in its folder, with its environment and limits. */
export interface Session {
  readonly tool: InfraTool;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that one command may take. */
  readonly timeout: number;
  /** Texts that are to be shown nowhere, whatever the plan says of them; the longest first. */
  readonly secrets: readonly string[];
  /** A folder outside the workspace for plans, which hold secrets; the runner empties it after the job. */
  readonly scratch: string;
}

export function openSession(tool: InfraTool, inputs: Inputs): Session {
  const scratch = join(context().temp, 'fairway-terraform');
  const cache = process.env.TF_PLUGIN_CACHE_DIR || join(scratch, 'plugins');
  mkdirSync(scratch, { recursive: true, mode: 0o700 }); // before the cache below it is made, with the mode of any folder
  mkdirSync(cache, { recursive: true });
  return {
    tool,
    folder: inputs.workingDirectory,
    env: toolEnvironment(inputs, cache),
    timeout: inputs.timeout,
    secrets: secretsOf(inputs),
    scratch,
  };
}

/** The secrets that this step knows of beside those that a plan marks. */
export function secretsOf(inputs: Pick<Inputs, 'backendConfig' | 'variables'>): string[] {
  return secretTexts(process.env, [...inputs.backendConfig, ...inputs.variables]);
}

/**
 * What is laid over the environment. Planning runs code from the repository and its providers, on a pull request a
 * stranger's: the token with which a sealed plan could be exchanged for another is not handed to it. That keeps it from
 * being taken by the way, not from who looks for it: a process can read what others of its user were started with.
 */
export function toolEnvironment(
  inputs: Pick<Inputs, 'variables' | 'workspace'>,
  pluginCache: string,
): Record<string, string | undefined> {
  return {
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    TF_PLUGIN_CACHE_DIR: pluginCache,
    ...(inputs.workspace !== '' && { TF_WORKSPACE: undefined }),
    ...Object.fromEntries([...inputs.variables].map(([name, value]) => [`TF_VAR_${name}`, value])),
  };
}

/** Runs one command of the tool; its output is ours to show. */
export function command(
  session: Session,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return run(session.tool.path, args, {
    cwd: session.folder,
    env: session.env,
    timeoutMs: session.timeout,
    // Told to end, the tool still has to save the state and give back the lock. Its providers are in its process group:
    // they hold SIGINT for the tool's own business, and would die of SIGTERM with what they were making.
    stopSignal: 'SIGINT',
    graceMs: 60_000,
    show: 'never',
    ...options,
  });
}
