import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
}

/** Every process of this machine, from /proc. One that ends meanwhile is left out. */
export function listProcesses(): ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const argv = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').filter(Boolean);
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
      found.push({ pid: Number(entry), parent: Number(parent ?? 0), argv });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/**
 * The processes that containerd's shims of our socket hold, the shims first. Pure. A container's first process is a
 * child of its shim, so what the tree below the shims holds is exactly what our cluster ran.
 */
export function sandboxProcesses(all: readonly ProcessEntry[], socket: string): number[] {
  const owned = new Set(
    all
      .filter(({ argv }) => (argv[0] ?? '').includes('containerd-shim') && argv.includes(socket))
      .map(({ pid }) => pid),
  );
  for (let before = -1; before !== owned.size; ) {
    before = owned.size;
    for (const { pid, parent } of all) if (owned.has(parent)) owned.add(pid);
  }
  return [...owned];
}

/** The mount points at or below any of the folders, deepest first. Pure: from the text of /proc/self/mountinfo. */
export function mountsBelow(mountinfo: string, folders: readonly string[]): string[] {
  return mountinfo
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter((point) => folders.some((folder) => point === folder || point.startsWith(`${folder}/`)))
    .reverse();
}
