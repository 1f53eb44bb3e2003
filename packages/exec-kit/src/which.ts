import { delimiter } from 'node:path';
import { which as find } from '@actions/io';
import { ActionError } from '@fairway/action-kit';

/** The path of a program on PATH, or undefined. */
export async function which(tool: string): Promise<string | undefined> {
  return (await find(tool, false)) || undefined;
}

/**
 * The path of a program, looked for on the PATH that it will run with.
 * @throws ActionError 'tool-missing'
 */
export async function locate(
  tool: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const path = env.PATH === undefined ? await which(tool) : await whichIn(tool, env.PATH);
  if (path !== undefined) return path;
  const folders = (env.PATH ?? process.env.PATH ?? '').split(delimiter).length;
  throw new ActionError(
    'tool-missing',
    `The program '${tool}' is not on PATH (${folders} folders were looked through).`,
    {
      remedy: `Install it in a step before this one, and check the name's spelling.`,
    },
  );
}

async function whichIn(tool: string, path: string): Promise<string | undefined> {
  const own = process.env.PATH;
  process.env.PATH = path;
  try {
    return await which(tool);
  } finally {
    process.env.PATH = own;
  }
}
