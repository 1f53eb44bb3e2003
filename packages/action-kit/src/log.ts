import * as core from '@actions/core';

/** Where an annotation points. Lines and columns count from 1. */
export interface Place {
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
  readonly endLine?: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
}

/** Prints text as it is, as nothing but text: what we print often quotes branch names, test output or files. */
export function info(message: string): void {
  core.info(inert(message));
}

/**
 * Defuses workflow commands in text from outside; the text looks the same. A line that the runner would obey
 * (`::set-env …`, `##[…]`) gets a zero-width space.
 * Source: actions/runner, ActionCommand.cs. TryParseV2 looks for `::` after `string.TrimStart`, whose white space
 * includes U+0085, unlike that of JavaScript; TryParse (v1) accepts `##[` anywhere in a line.
 *
 * White space is looked through within one line only: from each of many empty lines to the last takes the square of
 * their number, and a program's output may be nothing else.
 */
export function inert(message: string): string {
  return message
    .replace(/^((?:[^\S\r\n\u2028\u2029]|\u0085)*)::/gm, '$1\u200b::')
    .replaceAll('##[', '#\u200b#[');
}

/** Runs `body` with its output folded under `title`; the group is closed whatever happens. */
export function group<T>(title: string, body: () => Promise<T>): Promise<T> {
  return core.group(title.replace(/\s+/g, ' '), body);
}

export function notice(message: string, place: Place = {}): void {
  core.notice(message, { ...place });
}

export function warning(message: string, place: Place = {}): void {
  core.warning(message, { ...place });
}

export function error(message: string, place: Place = {}): void {
  core.error(message, { ...place });
}

/** Shown when the run has debug logging on (the secret or variable ACTIONS_STEP_DEBUG is true). */
export function debug(message: string): void {
  core.debug(message);
}

export function isDebug(): boolean {
  return core.isDebug();
}

/** `850 ms`, `3.2 s`, `4 m 05 s`, `1 h 02 m`, from milliseconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`;
}

/** `12 B`, `3.40 KiB`, `120 MiB`: powers of 1024, three significant digits. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${units[power]}`;
}
