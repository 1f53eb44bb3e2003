import { ActionError, formatDuration, info } from '@fairway/action-kit';
import { pause } from './retry.js';
import { spawnOnce } from './spawn.js';
import { locate } from './which.js';

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Laid over what a `run:` step would see of this process's environment (environment.ts); `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to standard input, which is closed after it. Without it standard input is empty. */
  readonly input?: string | Buffer;
  /** Milliseconds until the program, with all it started, is asked to end. */
  readonly timeoutMs?: number;
  /** How the program and all it started are asked to end. Default SIGTERM. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** Milliseconds between asking and insisting (SIGKILL). Default 5,000. */
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
  /** `stream` shows the output as it comes; `on-failure` shows its tail when the exit code is not 0; default `stream`. */
  readonly show?: 'stream' | 'on-failure' | 'never';
  /** Whether the runner obeys workflow commands in what is shown; echo.ts tells why not. Default `stop`. */
  readonly commands?: 'allow' | 'stop';
  /** Printed instead of the argv, where that is long or says too much. */
  readonly title?: string;
  /** Bytes kept of each stream's end. Default 1 MiB. */
  readonly captureBytes?: number;
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
  readonly retry?: {
    /** Runs in all, the first included. */
    readonly attempts: number;
    readonly retryable: (result: RunResult) => boolean;
    /** Milliseconds before the second run; doubled for each one after it, with jitter. */
    readonly baseDelayMs: number;
  };
}

export interface RunResult {
  readonly argv: readonly string[];
  /** `null` when a signal ended the program. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** The job was cancelled while it ran. */
  readonly cancelled?: boolean;
  readonly durationMs: number;
  /** The end of standard output, at most `captureBytes`. */
  readonly stdout: string;
  readonly stderr: string;
  /** One of the streams was longer than what is kept. */
  readonly truncated: boolean;
}

/**
 * Runs a program to its end. An exit code is a result, not an error: the caller knows what it means.
 * Arguments reach the program as they are; no shell sees them.
 * @throws ActionError 'tool-missing' when there is no such program on PATH
 */
export async function run(
  tool: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const path = await locate(tool, options.env, options.cwd);
  const show = options.show ?? 'stream';
  if (show !== 'never') info(`▸ ${options.title ?? quoted(tool, args)}`);
  const attempts = options.retry?.attempts ?? 1;
  for (let attempt = 1; ; attempt++) {
    const result = await spawnOnce(tool, path, args, options);
    if (show === 'on-failure' && !succeeded(result)) info([result.stdout, result.stderr].join('\n').trim());
    if (succeeded(result) || attempt >= attempts || isStopped(result, options)) return result;
    if (options.retry?.retryable(result) !== true) return result;
    const delay = options.retry.baseDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random());
    info(
      `${tool} ${outcome(result)}; trying again in ${formatDuration(delay)} (${attempt + 1} of ${attempts}).`,
    );
    await pause(delay, options.signal);
    if (options.signal?.aborted) return result;
  }
}

function isStopped(result: RunResult, options: RunOptions): boolean {
  return result.cancelled === true || options.signal?.aborted === true;
}

/**
 * As {@link run}, where anything but exit code 0 is a failure.
 * @throws ActionError 'command-failed' with the end of what the program said
 */
export async function runOrThrow(
  tool: string,
  args: readonly string[],
  options: RunOptions & { readonly remedy?: string } = {},
): Promise<RunResult> {
  const result = await run(tool, args, options);
  if (succeeded(result)) return result;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-20).join('\n');
  throw new ActionError(
    'command-failed',
    `${options.title ?? quoted(tool, args)} ${outcome(result)}${said === '' ? '.' : `:\n${said}`}`,
    { remedy: options.remedy ?? `Read the lines above: they are what ${tool} itself says.` },
  );
}

function succeeded(result: RunResult): boolean {
  return result.exitCode === 0 && !result.timedOut && !result.cancelled;
}

/** What became of a program, as the end of a sentence: `ended with exit code 2`. */
export function outcome(result: RunResult): string {
  if (result.timedOut)
    return `did not end within its time and was stopped after ${formatDuration(result.durationMs)}`;
  if (result.cancelled) return 'was stopped because the job was cancelled';
  if (result.signal !== null) return `was ended by ${result.signal}`;
  return `ended with exit code ${result.exitCode}`;
}

/** An argv as one can read it and paste it into a POSIX shell. */
export function quoted(tool: string, args: readonly string[]): string {
  return [tool, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
