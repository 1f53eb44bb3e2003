import { readFile } from 'node:fs/promises';
import type { ProcessEnd } from './bundle-process.js';
import { lastValues, parseFileCommands } from './file-command.js';
import type { CommandFiles } from './step-folders.js';
import type { StepLog } from './step-log.js';
import type { WorkflowCommand } from './workflow-command.js';

/** What the runner knows when a step's process has ended. */
export interface BundleResult {
  /** null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** `failure` for a non-zero exit code, a timeout, or anything in `problems`. */
  readonly conclusion: 'success' | 'failure';
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables exported to later steps. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders put on PATH for later steps, in the order given. */
  readonly path: readonly string[];
  /** State for the post entry. */
  readonly state: Readonly<Record<string, string>>;
  /** Markdown of the job summary. */
  readonly summary: string;
  readonly commands: readonly WorkflowCommand[];
  /** Values given to `::add-mask::`, in order. */
  readonly masks: readonly string[];
  /** What the runner itself would complain about; each of these fails the step on GitHub. */
  readonly problems: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as a reader of the log sees them: commands obeyed, secrets masked. */
  readonly log: string;
  readonly durationMs: number;
}

/** Bytes of a step summary beyond which GitHub drops all of it. */
const summaryLimitBytes = 1024 * 1024;

/** Reads the command files and puts them together with what the log said. */
export async function stepResult(end: ProcessEnd, log: StepLog, files: CommandFiles): Promise<BundleResult> {
  const problems: string[] = [];
  const read = async (title: string, file: string): Promise<Record<string, string>> => {
    try {
      return lastValues(parseFileCommands(stripByteOrderMark(await readFile(file, 'utf8'))));
    } catch (error) {
      problems.push(`Unable to process file command '${title}' successfully. ${String(error)}`);
      return {};
    }
  };
  const outputs = { ...commandValues(log.commands, 'set-output'), ...(await read('output', files.output)) };
  const state = { ...commandValues(log.commands, 'save-state'), ...(await read('state', files.state)) };
  const env = await read('env', files.env);
  if (Object.keys(env).some((name) => name.toUpperCase() === 'NODE_OPTIONS')) {
    problems.push("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
    delete env.NODE_OPTIONS;
  }
  const path = (await readFile(files.path, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  const summary = await readFile(files.summary, 'utf8');
  if (Buffer.byteLength(summary) > summaryLimitBytes) {
    problems.push(
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.ceil(Buffer.byteLength(summary) / 1024)}k.`,
    );
  }
  problems.push(...refusedCommands(log.commands));
  const failed = end.exitCode !== 0 || end.timedOut || problems.length > 0;
  return {
    ...end,
    conclusion: failed ? 'failure' : 'success',
    outputs,
    env,
    path,
    state,
    summary,
    commands: log.commands,
    masks: log.masks,
    problems,
    log: log.text(),
  };
}

/** GitHub has disabled these two since 2020: whoever can print a line could change the steps that follow. */
function refusedCommands(commands: readonly WorkflowCommand[]): string[] {
  return commands
    .filter(({ name }) => ['set-env', 'add-path'].includes(name.toLowerCase()))
    .map(({ name }) => `The \`${name}\` command is disabled. Please upgrade to using Environment Files.`);
}

/** Deprecated, but the runner still obeys them. */
function commandValues(commands: readonly WorkflowCommand[], wanted: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, properties, message } of commands) {
    if (name.toLowerCase() === wanted && properties.name) values[properties.name] = message;
  }
  return values;
}

function stripByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
