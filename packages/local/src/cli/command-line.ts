import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ActionError } from '@fairway/action-kit';
import { scenarios } from '../scenarios/index.js';

/** This repository. */
export const root = join(fileURLToPath(import.meta.url), '../../../../..');

export interface CommandLine {
  readonly keep: boolean;
  readonly down: boolean;
  readonly help: boolean;
  readonly scenarios: readonly string[];
}

/** Reads the arguments. @throws ActionError 'bad-input' saying what there is */
export function readCommandLine(args: readonly string[]): CommandLine {
  const names = scenarios.map((scenario) => scenario.name);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        keep: { type: 'boolean', default: false },
        down: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        scenario: { type: 'string', multiple: true, default: [] },
      },
    });
    const unknown = values.scenario.filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new RangeError(`There is no scenario '${unknown.join("', '")}'.`);
    return { keep: values.keep, down: values.down, help: values.help, scenarios: values.scenario };
  } catch (error) {
    throw new ActionError('bad-input', error instanceof Error ? error.message : String(error), {
      remedy: `The options are --keep, --down and --scenario NAME; scenarios are ${names.join(', ')}.`,
    });
  }
}
