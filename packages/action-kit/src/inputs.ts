import { getInput, setSecret } from '@actions/core';
import { ActionError } from './failure.js';

export interface TextOptions {
  readonly required?: boolean;
  readonly default?: string;
}

/** An input's text, trimmed; the default where it is empty. */
export function text(name: string, options: TextOptions = {}): string {
  const value = getInput(name) || (options.default ?? '');
  if (options.required && value === '') {
    throw new ActionError('bad-input', `The input '${name}' is required, and it is empty.`, {
      remedy: `Add '${name}: …' under 'with:' of this step. An expression that names a missing output or secret also gives an empty value.`,
    });
  }
  return value;
}

/** An input's lines, trimmed, without blank ones and those that begin with '#'. */
export function lines(name: string): string[] {
  return text(name)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** `true` or `false` in any case, nothing else: 'yes' and '1' are refused, since YAML reads them in two ways. */
export function flag(name: string, fallback = false): boolean {
  const value = text(name);
  if (value === '') return fallback;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw badValue(name, value, "'true' or 'false'", `${name}: true`);
}

/** A whole decimal number within the bounds, both inclusive. */
export function integer(
  name: string,
  bounds: { readonly min?: number; readonly max?: number; readonly default?: number } = {},
): number {
  const value = text(name);
  if (value === '' && bounds.default !== undefined) return bounds.default;
  const number = Number(value) + 0; // -0 becomes 0
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  if (/^[+-]?\d+$/.test(value) && number >= min && number <= max) return number;
  const limits = [
    bounds.min === undefined ? '' : ` from ${bounds.min}`,
    bounds.max === undefined ? '' : ` up to ${bounds.max}`,
  ].join('');
  throw badValue(name, value, `a whole number${limits}`, `${name}: ${bounds.default ?? bounds.min ?? 1}`);
}

const TERMS = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** A timer of Node holds at most 2^31-1 ms, 596 hours; a longer wait would fire at once. */
const LONGEST = 576 * 3_600_000;

/** Milliseconds, from terms such as `500ms`, `30s`, `5m` and `1h30m`; at most 24 days (576h). */
export function duration(name: string, options: { readonly default?: string } = {}): number {
  const value = text(name, options);
  const terms = value === '' ? null : TERMS.exec(value);
  if (terms) {
    const [, hours = 0, minutes = 0, seconds = 0, rest = 0] = terms;
    const total =
      Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(rest);
    if (total <= LONGEST) return total;
  }
  const wanted = 'a duration with its unit, such as 30s, 5m or 1h30m, and at most 576h';
  throw badValue(name, value, wanted, `${name}: ${options.default ?? '5m'}`);
}

/** One of the values named, to the letter. */
export function oneOf<const V extends string>(
  name: string,
  values: readonly V[],
  options: { readonly default?: NoInfer<V> } = {},
): V {
  const value = text(name, options);
  const found = values.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw badValue(name, value, `one of ${values.map((v) => `'${v}'`).join(', ')}`, `${name}: ${values[0]}`);
}

/** A secret's text. It is masked in the log, as a whole and by line, before anything can print it. */
export function secret(name: string, options: { readonly required?: boolean } = {}): string {
  const value = text(name, options);
  mask(value);
  return value;
}

/** Masks a value in every later line of the job's log, as a whole and by line. */
export function mask(value: string): void {
  for (const part of new Set([value, ...value.split(/\r?\n/)])) {
    // A mask of one or two characters would blot out the whole log without hiding anything.
    if (part.trim().length > 2) setSecret(part.trim());
  }
}

/**
 * KEY=VALUE lines. The value is all that follows the first '='; a key given twice keeps its last value. A line that
 * is refused is told by its number: it may be the second line of a secret.
 */
export function pairs(name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [index, line] of lines(name).entries()) {
    const at = line.indexOf('=');
    if (at < 1) {
      throw new ActionError(
        'bad-input',
        `The input '${name}' must be lines of the form KEY=VALUE; entry ${index + 1} has no key before an '='.`,
        {
          remedy: `Write one pair a line, each value on a single line, for example  ${name}: |\n  KEY=VALUE`,
        },
      );
    }
    found.set(line.slice(0, at).trim(), line.slice(at + 1));
  }
  return found;
}

/** An input whose text is not what it must be; for readers of inputs that are not here. */
export function badValue(name: string, value: string, wanted: string, example: string): ActionError {
  const given = value === '' ? 'empty' : `'${shorten(value)}'`;
  return new ActionError('bad-input', `The input '${name}' is ${given}; it must be ${wanted}.`, {
    remedy: `Write it under 'with:', for example  ${example}`,
  });
}

function shorten(value: string): string {
  return value.length > 120 ? `${value.slice(0, 120)}…` : value;
}
