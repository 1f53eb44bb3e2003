/** A workflow command that the runner would have obeyed. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** One line of a log: a command the runner obeys, or text it shows. */
export type LogLine = { kind: 'command'; command: WorkflowCommand } | { kind: 'text'; text: string };

/** The runner's registered commands (actions/runner, src/Runner.Worker/ActionCommandManager.cs). */
const registered: ReadonlySet<string> = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/** The older `##[command key=value;key=value]message` form escapes `;` and `]`; the runner still obeys it. */
const legacyEscapes: readonly (readonly [string, string])[] = [
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%25', '%'],
];
const propertyEscapes: readonly (readonly [string, string])[] = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%3A', ':'],
  ['%2C', ','],
  ['%25', '%'],
];
const dataEscapes: readonly (readonly [string, string])[] = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
];

/**
 * Reads log lines in order, as the runner does. It keeps `::stop-commands::` state, so one reader serves one
 * process: both its streams, because the runner obeys commands on standard error too.
 */
export class LogReader {
  #resumeToken: string | undefined;

  /** @param line one line without its newline */
  read(line: string): LogLine {
    const command = parseWorkflowCommand(line, this.#resumeToken);
    if (command === undefined) return { kind: 'text', text: line };
    if (this.#resumeToken !== undefined) {
      if (command.name.toLowerCase() !== this.#resumeToken.toLowerCase()) return { kind: 'text', text: line };
      this.#resumeToken = undefined;
    } else if (command.name.toLowerCase() === 'stop-commands') {
      this.#resumeToken = command.message;
    }
    return { kind: 'command', command };
  }
}

/**
 * Parses one line as `::name key=value,key=value::message` after leading blanks, or as `##[name key=value]message`
 * anywhere in the line. Only names the runner has registered (and the resume token) are commands.
 * Source: actions/runner, src/Runner.Common/ActionCommand.cs.
 */
export function parseWorkflowCommand(line: string, resumeToken?: string): WorkflowCommand | undefined {
  const known = (name: string): boolean =>
    registered.has(name.toLowerCase()) ||
    (resumeToken !== undefined && name.toLowerCase() === resumeToken.toLowerCase());
  // .NET's TrimStart takes U+0085 for white space too.
  return parseCurrent(line.replace(/^[\s\u0085]+/, ''), known) ?? parseLegacy(line, known);
}

function parseCurrent(line: string, known: (name: string) => boolean): WorkflowCommand | undefined {
  if (!line.startsWith('::')) return undefined;
  const end = line.indexOf('::', 2);
  if (end < 0) return undefined;
  const { name, rest } = splitName(line.slice(2, end));
  if (!known(name)) return undefined;
  return {
    name,
    properties: properties(rest.trim(), ',', propertyEscapes),
    message: unescapeAll(line.slice(end + 2), dataEscapes),
  };
}

function parseLegacy(line: string, known: (name: string) => boolean): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  if (start < 0) return undefined;
  const end = line.indexOf(']', start);
  if (end < 0) return undefined;
  const { name, rest } = splitName(line.slice(start + 3, end));
  if (!known(name)) return undefined;
  return {
    name,
    properties: properties(rest, ';', legacyEscapes),
    message: unescapeAll(line.slice(end + 1), legacyEscapes),
  };
}

function splitName(info: string): { name: string; rest: string } {
  const space = info.indexOf(' ');
  return space < 0 ? { name: info, rest: '' } : { name: info.slice(0, space), rest: info.slice(space + 1) };
}

function properties(
  text: string,
  separator: string,
  escapes: readonly (readonly [string, string])[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text.split(separator)) {
    const equals = pair.indexOf('=');
    if (equals > 0 && equals < pair.length - 1) {
      found[pair.slice(0, equals)] = unescapeAll(pair.slice(equals + 1), escapes);
    }
  }
  return found;
}

/** In the runner's order: `%25` comes last, so that an escaped percent sign never makes a second escape. */
function unescapeAll(text: string, escapes: readonly (readonly [string, string])[]): string {
  return escapes.reduce((result, [sequence, character]) => result.replaceAll(sequence, character), text);
}
