import { execFileSync } from 'node:child_process';
import { cpSync, realpathSync } from 'node:fs';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { busybox } from './parts.ts';
import { placeLinkedProgram } from './ssh-agent.ts';

/** Folders that stand in for public images where none can be pulled: a shell, and a language as this machine has it. */
export async function shellBase(root: string): Promise<void> {
  for (const folder of ['bin', 'usr/local/bin', 'usr/bin', 'tmp', 'etc', 'root'])
    await mkdir(join(root, folder), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  await copyFile(busybox, join(root, 'bin/busybox'));
  const programs = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const name of programs.filter((name) => name !== 'busybox'))
    await symlink('busybox', join(root, 'bin', name));
  await symlink('/bin/env', join(root, 'usr/bin/env'));
}

/** `node` and `npm`. */
export async function nodeBase(root: string): Promise<void> {
  await shellBase(root);
  await placeLinkedProgram(process.execPath, root);
  await symlink(process.execPath, join(root, 'usr/local/bin/node'));
  const npm = dirname(dirname(realpathSync(where('npm'))));
  cpSync(npm, join(root, 'usr/local/npm'), { recursive: true });
  const start = '#!/bin/sh\nexec node /usr/local/npm/bin/npm-cli.js "$@"\n';
  await writeFile(join(root, 'usr/local/bin/npm'), start, { mode: 0o755 });
}

/** `go`, with its standard library. */
export async function goBase(root: string): Promise<void> {
  await shellBase(root);
  const home = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  cpSync(home, join(root, 'usr/local/go'), {
    recursive: true,
    filter: (path) => !['test', 'doc', 'api'].includes(basename(path)) || dirname(path) !== home,
  });
  await symlink('/usr/local/go/bin/go', join(root, 'usr/local/bin/go'));
}

/** `python`, with its standard library, pip among it. */
export async function pythonBase(root: string): Promise<void> {
  await shellBase(root);
  const ask = 'import sys; print(sys.base_prefix); print(f"{sys.version_info[0]}.{sys.version_info[1]}")';
  const [home = '', version = ''] = execFileSync('python3', ['-c', ask], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const program = join(home, 'bin', `python${version}`);
  await placeLinkedProgram(program, root);
  const library = join(home, 'lib', `python${version}`);
  for (const path of execFileSync('find', [library, '-name', '*.so'], { encoding: 'utf8' })
    .trim()
    .split('\n'))
    await placeLinkedProgram(path, root);
  cpSync(library, join(root, library), {
    recursive: true,
    filter: (path) => !['site-packages', 'test', '__pycache__'].includes(basename(path)),
  });
  for (const name of ['python', 'python3']) await symlink(program, join(root, 'usr/local/bin', name));
}

export function where(program: string): string {
  return execFileSync('which', ['-a', program], { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
}

/** What this machine lacks of the languages. */
export function lacksOf(...names: readonly string[]): string {
  return names
    .filter((name) => {
      try {
        where(name);
        return false;
      } catch {
        return true;
      }
    })
    .join(', ');
}
