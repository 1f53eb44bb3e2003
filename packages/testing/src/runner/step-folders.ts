import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folders and files of one step. */
export interface StepFolders {
  readonly root: string;
  readonly workspace: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly eventFile: string;
}

/** The files behind GITHUB_OUTPUT and its kin, fresh for each process. */
export interface CommandFiles {
  readonly output: string;
  readonly env: string;
  readonly path: string;
  readonly state: string;
  readonly summary: string;
}

/** Does the work in fresh folders, and removes them whatever comes of it; a given folder is kept. */
export async function inStepFolders<T>(
  given: { readonly workspace?: string; readonly toolCache?: string },
  work: (folders: StepFolders) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'fairway-step-'));
  try {
    const folders: StepFolders = {
      root,
      workspace: given.workspace ?? join(root, 'work', 'repository', 'repository'),
      temp: join(root, 'temp'),
      toolCache: given.toolCache ?? join(root, 'tools'),
      eventFile: join(root, 'event.json'),
    };
    for (const folder of [folders.workspace, folders.temp, folders.toolCache]) {
      await mkdir(folder, { recursive: true });
    }
    return await work(folders);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Empty command files in a folder of their own, named as the runner names them. */
export async function freshCommandFiles(temp: string): Promise<CommandFiles> {
  const folder = await mkdtemp(join(temp, '_runner_file_commands-'));
  const file = async (name: string): Promise<string> => {
    await writeFile(join(folder, name), '');
    return join(folder, name);
  };
  return {
    output: await file('set_output'),
    env: await file('set_env'),
    path: await file('add_path'),
    state: await file('save_state'),
    summary: await file('step_summary'),
  };
}
