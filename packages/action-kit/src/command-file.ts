import { appendFileSync, existsSync } from 'node:fs';
import { issue } from './command.js';
import { ActionError } from './failure.js';

/** The files through which a step talks to the runner, and the older command that each stands for. */
const COMMANDS = {
  GITHUB_OUTPUT: 'set-output',
  GITHUB_STATE: 'save-state',
  GITHUB_ENV: 'set-env',
  GITHUB_PATH: 'add-path',
} as const;

type CommandFile = keyof typeof COMMANDS;

/**
 * Writes a name and a value for the runner, `name=value`, or between delimiters where the value has several lines.
 * The delimiter need not be a secret: one is taken that does not stand in the value.
 * Source: actions/runner, FileCommandManager.cs.
 * @throws ActionError 'bad-name', 'no-command-file'
 */
export function writePair(file: CommandFile, name: string, value: string): void {
  if (name === '' || /[=\r\n]|<</.test(name)) {
    throw new ActionError('bad-name', `'${name}' cannot be the name of an output, a variable or a state.`, {
      remedy: "Take a name without '=', '<<' and line breaks.",
    });
  }
  append(file, pair(name, value), () => issue(COMMANDS[file], value, { name }));
}

function pair(name: string, value: string): string {
  if (!/[\r\n]/.test(value)) return `${name}=${value}`;
  let delimiter = 'end-of-value';
  for (let count = 1; value.includes(delimiter); count++) delimiter = `end-of-value-${count}`;
  return `${name}<<${delimiter}\n${value}\n${delimiter}`;
}

/**
 * Writes one line for the runner.
 * @throws ActionError 'no-command-file'
 */
export function writeLine(file: CommandFile, line: string): void {
  append(file, line, () => issue(COMMANDS[file], line));
}

/** @param instead what is done where there is no such file: an old runner, or none */
function append(file: CommandFile, text: string, instead: () => void): void {
  const path = process.env[file];
  if (!path) {
    instead();
    return;
  }
  if (!existsSync(path)) {
    throw new ActionError('no-command-file', `Missing file at path: ${path}, which ${file} names.`, {
      remedy: `Leave ${file} as the runner sets it, and keep the folder that it is in.`,
    });
  }
  appendFileSync(path, `${text}\n`);
}
