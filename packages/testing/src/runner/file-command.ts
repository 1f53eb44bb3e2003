/** One `NAME=VALUE` or `NAME<<DELIMITER` entry of a runner command file. */
export interface FileCommandEntry {
  readonly name: string;
  readonly value: string;
}

interface Line {
  readonly text: string;
  /** Offset of the line's first character. */
  readonly start: number;
  /** Offset behind the line's text, before its newline. */
  readonly end: number;
  /** Offset of the next line. */
  readonly next: number;
}

/**
 * Parses a file behind GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE with the runner's own rules on Linux:
 * empty lines are skipped, `<<` before any `=` opens a heredoc that ends at a line equal to its delimiter, the
 * newline before the delimiter is no part of the value, and a carriage return is data.
 * Source: actions/runner, src/Runner.Worker/FileCommandManager.cs.
 * @throws Error with the runner's own words when the file breaks the format; the runner fails the step then.
 */
export function parseFileCommands(text: string): FileCommandEntry[] {
  const entries: FileCommandEntry[] = [];
  let line = lineAt(text, 0);
  while (line !== undefined) {
    if (line.text === '') {
      line = lineAt(text, line.next);
      continue;
    }
    const read = readEntry(text, line);
    entries.push(read.entry);
    line = lineAt(text, read.next);
  }
  return entries;
}

/** The entries as one record; a later entry of the same name wins, as it does in the runner. */
export function lastValues(entries: readonly FileCommandEntry[]): Record<string, string> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { name, value } of entries) record[name] = value;
  return { ...record };
}

function readEntry(text: string, line: Line): { entry: FileCommandEntry; next: number } {
  const equals = line.text.indexOf('=');
  const heredoc = line.text.indexOf('<<');
  if (heredoc >= 0 && (equals < 0 || heredoc < equals)) return readHeredoc(text, line, heredoc);
  if (equals > 0) {
    const entry = { name: line.text.slice(0, equals), value: line.text.slice(equals + 1) };
    return { entry, next: line.next };
  }
  const reason = equals === 0 ? '. Name must not be empty' : '';
  throw new Error(`Invalid format '${line.text}'${reason}`);
}

function readHeredoc(text: string, opening: Line, at: number): { entry: FileCommandEntry; next: number } {
  const name = opening.text.slice(0, at);
  const delimiter = opening.text.slice(at + 2);
  if (name === '' || delimiter === '') {
    throw new Error(
      `Invalid format '${opening.text}'. Name must not be empty and delimiter must not be empty`,
    );
  }
  let end = opening.next;
  let line = lineAt(text, opening.next);
  while (line !== undefined && line.text !== delimiter) {
    end = line.end;
    line = lineAt(text, line.next);
  }
  if (line === undefined) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
  return { entry: { name, value: text.slice(opening.next, end) }, next: line.next };
}

function lineAt(text: string, start: number): Line | undefined {
  if (start >= text.length) return undefined;
  const newline = text.indexOf('\n', start);
  const end = newline < 0 ? text.length : newline;
  return { text: text.slice(start, end), start, end, next: newline < 0 ? text.length : newline + 1 };
}
