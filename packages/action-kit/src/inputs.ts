import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { getInput, setSecret } from '@actions/core';
import { ActionError } from './failure.js';

interface TextOptions {
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
  const number = Number(value);
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  if (/^[+-]?\d+$/.test(value) && number >= min && number <= max) return number;
  const limits = [
    bounds.min === undefined ? '' : ` from ${bounds.min}`,
    bounds.max === undefined ? '' : ` up to ${bounds.max}`,
  ].join('');
  throw badValue(name, value, `a whole number${limits}`, `${name}: ${bounds.default ?? bounds.min ?? 1}`);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds, from terms such as `500ms`, `30s`, `5m` and `1h30m`. */
export function duration(name: string, options: { readonly default?: string } = {}): number {
  const value = text(name, options);
  const terms = [...value.matchAll(/(\d+)(ms|s|m|h)/g)];
  if (value !== '' && terms.map(([term]) => term).join('') === value) {
    return terms.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
  }
  throw badValue(name, value, 'a duration such as 30s, 5m or 1h30m', `${name}: ${options.default ?? '5m'}`);
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

/** KEY=VALUE lines. A value may hold '='; a key given twice keeps its last value. */
export function pairs(name: string): ReadonlyMap<string, string> {
  return new Map(
    lines(name).map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw badValue(name, line, 'lines of the form KEY=VALUE', `${name}: |\n  KEY=VALUE`);
      return [line.slice(0, at).trim(), line.slice(at + 1)] as const;
    }),
  );
}

interface PathOptions extends TextOptions {
  /** Refuse a path at which nothing is. */
  readonly mustExist?: boolean;
}

/**
 * An absolute path inside the workspace. One that leads out of it, by `..` or through a symbolic link, is
 * refused: a path often comes from the repository, which on a pull request is a stranger's.
 */
export function workspacePath(name: string, options: PathOptions = {}): string {
  const value = text(name, options);
  const workspace = realpathSync(process.env.GITHUB_WORKSPACE ?? process.cwd());
  const path = resolve(workspace, value);
  if (value === '') return '';
  const real = nearestReal(path);
  if (isOutside(workspace, path) || isOutside(workspace, real)) {
    throw badValue(name, value, 'a path inside the workspace', `${name}: .`);
  }
  if (options.mustExist && !exists(path)) {
    throw new ActionError('missing-file', `The input '${name}' names '${value}', and nothing is there.`, {
      remedy: `Check the spelling, that the path is relative to the repository's root, and that actions/checkout ran before this step.`,
    });
  }
  return path;
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

function exists(path: string): boolean {
  try {
    realpathSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The real path of the deepest part of `path` that exists. */
function nearestReal(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : nearestReal(parent);
  }
}

function badValue(name: string, value: string, wanted: string, example: string): ActionError {
  return new ActionError('bad-input', `The input '${name}' is '${shorten(value)}'; it must be ${wanted}.`, {
    remedy: `Write it under 'with:', for example  ${example}`,
  });
}

function shorten(value: string): string {
  return value.length > 120 ? `${value.slice(0, 120)}…` : value;
}
