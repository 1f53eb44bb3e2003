import { readFileSync } from 'node:fs';
import { ActionError } from '@fairway/action-kit';
import type { TestCase } from '@fairway/reports';

/** Tests that are known to fail and may, until a day. */
export interface Entry {
  /** `*` stands for any characters. Matched against `suite › name`, `file › name` and the name alone. */
  readonly test: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it counts, as YYYY-MM-DD. */
  readonly expires: string;
}

/**
 * Reads a quarantine file: a list of entries with `test`, `owner`, `reason` and `expires`. All four are needed: an
 * entry without an end or an owner is how a quarantine becomes a graveyard.
 * @throws ActionError 'bad-quarantine'
 */
export async function readQuarantine(path: string, name: string): Promise<Entry[]> {
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'), { maxAliasCount: 20 });
  } catch (cause) {
    throw bad(
      name,
      `it is not YAML: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}`,
      cause,
    );
  }
  const list = document ?? [];
  if (!Array.isArray(list)) throw bad(name, 'it must be a list of entries');
  return list.map((value: unknown, index) => entryOf(value, `entry ${index + 1}`, name));
}

function entryOf(value: unknown, which: string, name: string): Entry {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const field = (key: string) => {
    const found = fields[key];
    if (found instanceof Date) return found.toISOString().slice(0, 10);
    if (typeof found === 'string' && found.trim() !== '') return found.trim();
    throw bad(name, `${which} has no '${key}'`);
  };
  const expires = field('expires');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(Date.parse(expires))) {
    throw bad(name, `${which} expires on '${expires.slice(0, 40)}', which is no day`);
  }
  return { test: field('test'), owner: field('owner'), reason: field('reason'), expires };
}

function bad(name: string, why: string, cause?: unknown): ActionError {
  return new ActionError('bad-quarantine', `The quarantine file '${name}' cannot be used: ${why}.`, {
    remedy: `Write each entry as\n- test: 'suite › name, or part of it with *'\n  owner: '@team'\n  reason: why, and where it is tracked\n  expires: 2030-01-31`,
    cause,
  });
}

export interface Quarantined {
  readonly test: TestCase;
  readonly entry: Entry;
  /** Its day is over: it counts again. */
  readonly expired: boolean;
}

/** The red tests that an entry names. @param today YYYY-MM-DD */
export function quarantined(
  red: readonly TestCase[],
  entries: readonly Entry[],
  today: string,
): Quarantined[] {
  return red.flatMap((test) => {
    const names = [`${test.suite} › ${test.name}`, test.name, `${test.file ?? ''} › ${test.name}`];
    const matching = entries.filter(({ test: pattern }) => names.some((name) => matches(pattern, name)));
    const entry = matching.find(({ expires }) => expires >= today) ?? matching[0];
    return entry ? [{ test, entry, expired: entry.expires < today }] : [];
  });
}

/** `*` matches any characters; everything else itself. In linear memory and without backtracking over several stars. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
