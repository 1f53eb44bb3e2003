import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** The hierarchies of this machine: one for each controller with version 1, a single one with version 2. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT)
    .map((name) => join(ROOT, name))
    .filter((folder) => existsSync(join(folder, 'cgroup.procs')));
}

/** Makes a control group in every hierarchy; a kubelet wants its root to exist. */
export function makeControlGroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    const group = join(hierarchy, name);
    mkdirSync(group, { recursive: true });
    // Version 1 of cpuset starts empty, and nothing can be put into a group without processors and memory.
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (existsSync(join(group, file)) && readFileSync(join(group, file), 'utf8').trim() === '')
        writeFileSync(join(group, file), readFileSync(join(hierarchy, file)));
  }
}

/** Removes a control group and those below it; the kernel refuses every one that still holds a process. */
export function removeControlGroup(name: string): void {
  for (const hierarchy of hierarchies()) removeTree(join(hierarchy, name));
}

function removeTree(group: string): void {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  try {
    rmdirSync(group);
  } catch {
    // Still in use: it holds a process, and is empty again when that has ended.
  }
}
