import { ActionError, messageOf } from '@fairway/action-kit';
import { inheritedEnvironment } from './environment.js';
import { quoted } from './run.js';
import { spawnOnce } from './spawn.js';
import { locate } from './which.js';

/**
 * Asks a program a short question (its version, a list) and gives its whole answer, trimmed. For what ends by itself;
 * what may hang, print much or need stopping goes through `run`.
 * @throws ActionError 'tool-missing' or 'command-failed'
 */
export async function query(
  tool: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
  } = {},
): Promise<string> {
  const path = await locate(tool, options.env, options.cwd);
  const { input } = options;
  const answer =
    input === undefined
      ? await spawnOnce(tool, path, args, { ...options, show: 'never', captureBytes: ANSWER_BYTES })
      : await ask(tool, path, args, { ...options, input });
  if (answer.exitCode === 0) return answer.stdout.trim();
  throw new ActionError(
    'command-failed',
    `${quoted(tool, args)} ended with exit code ${answer.exitCode}: ${answer.stderr.trim() || answer.stdout.trim()}`,
    { remedy: `Run it by hand with the same arguments; ${tool} itself says what it misses.` },
  );
}

/** What a short answer may weigh. */
const ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Only for a program that reads what it is given: `exec` writes to its input without listening for errors, and one
 * that ends before it read (`git` on a busy machine) would end this process with EPIPE.
 */
async function ask(
  tool: string,
  path: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input: string;
  },
) {
  const { getExecOutput } = await import('@actions/exec');
  return getExecOutput(`"${path.replaceAll('"', '\\"')}"`, [...args], {
    silent: true,
    ignoreReturnCode: true,
    env: { ...inheritedEnvironment(), ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    input: Buffer.from(options.input),
  }).catch((cause: unknown) => {
    throw new ActionError('command-failed', `${tool} could not be started: ${messageOf(cause)}`, {
      remedy: 'Check that the folder it is to run in exists, and that the file may be executed.',
      cause,
    });
  });
}
