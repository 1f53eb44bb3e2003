import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';
import { ActionError } from '@fairway/action-kit';

/** The path of a program on PATH, or undefined. */
export async function which(tool: string): Promise<string | undefined> {
  return findIn(process.env.PATH ?? '', tool);
}

/**
 * The path of a program, looked for on the PATH that it will run with. A name with a `/` is a path, from the folder that
 * it will run in.
 * @throws ActionError 'tool-missing'
 */
export async function locate(
  tool: string,
  env: Readonly<Record<string, string | undefined>> = {},
  cwd: string = process.cwd(),
): Promise<string> {
  if (tool.includes('/') || tool.includes(sep)) {
    const path = resolve(cwd, tool);
    // One that may not be executed is found: starting it tells why it cannot be.
    if (await isFile(path)) return path;
    throw new ActionError('tool-missing', `There is no program '${tool}'.`, {
      remedy: `Check the path; it is looked for from ${cwd}.`,
    });
  }
  const searched = env.PATH ?? process.env.PATH ?? '';
  const path = await findIn(searched, tool);
  if (path !== undefined) return path;
  const count = searched.split(delimiter).filter(isAbsolute).length;
  throw new ActionError(
    'tool-missing',
    `The program '${tool}' is not on PATH (${count} folders were looked through).`,
    { remedy: `Install it in a step before this one, and check the name's spelling.` },
  );
}

async function findIn(path: string, tool: string): Promise<string | undefined> {
  const extensions = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE').split(delimiter) : [''];
  for (const folder of path.split(delimiter)) {
    // An empty entry or `.` means the current folder to a shell: a pull request could put a program there.
    if (!isAbsolute(folder)) continue;
    for (const extension of extensions) {
      const candidate = join(folder, tool + extension);
      if ((await isFile(candidate)) && (await isExecutable(candidate))) return candidate;
    }
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
