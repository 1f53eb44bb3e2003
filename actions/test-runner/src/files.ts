import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { query, which } from '@fairway/exec-kit';

const SKIPPED = new Set(['node_modules', 'vendor', 'target', 'dist', 'build', 'venv', '__pycache__']);

/**
 * The repository's files below a folder, relative to it, with `/`: what Git tracks or would track, or, without Git,
 * what is on disk outside of the usual folders of installs and builds. Sorted, so that every shard sees one order.
 */
export async function listFiles(folder: string): Promise<string[]> {
  const tracked = await fromGit(folder);
  return (tracked ?? (await fromDisk(folder, ''))).toSorted();
}

async function fromGit(folder: string): Promise<string[] | undefined> {
  if ((await which('git')) === undefined) return undefined;
  try {
    // A checkout in a container often belongs to another user; Git would refuse to look at it.
    const args = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = await query('git', args, { cwd: folder });
    return [...new Set(listed.split('\0').filter(Boolean))];
  } catch {
    return undefined;
  }
}

async function fromDisk(root: string, below: string): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && !SKIPPED.has(entry.name) && !entry.name.startsWith('.')) {
      found.push(...(await fromDisk(root, path)));
    }
  }
  return found;
}
