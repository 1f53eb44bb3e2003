import { getExecOutput } from '@actions/exec';
import { ActionError, messageOf } from '@fairway/action-kit';
import { inheritedEnvironment } from './environment.js';
import { quoted } from './run.js';
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
  const answer = await getExecOutput(`"${path.replaceAll('"', '\\"')}"`, [...args], {
    silent: true,
    ignoreReturnCode: true,
    env: { ...inheritedEnvironment(), ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    // Always given: exec closes standard input only then, and a program that reads it would wait for ever.
    input: Buffer.from(options.input ?? ''),
  }).catch((cause: unknown) => {
    throw new ActionError('command-failed', `${tool} could not be started: ${messageOf(cause)}`, {
      remedy: 'Check that the folder it is to run in exists, and that the file may be executed.',
      cause,
    });
  });
  if (answer.exitCode === 0) return answer.stdout.trim();
  throw new ActionError(
    'command-failed',
    `${quoted(tool, args)} ended with exit code ${answer.exitCode}: ${answer.stderr.trim() || answer.stdout.trim()}`,
    { remedy: `Run it by hand with the same arguments; ${tool} itself says what it misses.` },
  );
}
