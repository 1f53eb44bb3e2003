import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A process that can be recognised later, even after its number was given to another. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat); with the pid it names one process for good. */
  readonly startTicks: string;
}

export interface ChildRecord extends ProcessIdentity {
  readonly name: string;
  /** Milliseconds it may take to end after SIGTERM. */
  readonly graceMs: number;
}

/** What a run owns, written before and while it starts things, so that a later run can clear what a killed one left. */
export interface RunState {
  readonly owner: ProcessIdentity;
  readonly startedAt: string;
  /** The folder of the run's own files; another cache's, when another clone started it. */
  readonly folder: string;
  /** The run was told to leave everything up when its own process ends. */
  readonly kept: boolean;
  readonly children: readonly ChildRecord[];
  /** Network, mounts and sandboxes of the one-node cluster may exist. */
  readonly cluster: boolean;
  /** Names of Docker containers that belong to the run. */
  readonly containers: readonly string[];
  /** What the run offers, for `status`. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** Reads the state file; undefined when there is none or when it cannot be understood (a crash while writing). */
export function readRunState(file: string): RunState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRunState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isRunState(value: unknown): value is RunState {
  const state = value as Partial<RunState> | null;
  return (
    typeof state?.owner?.pid === 'number' && typeof state.folder === 'string' && Array.isArray(state.children)
  );
}

/** Replaces the state file in one step: a reader sees the old or the new one, never half of it. */
export function writeRunState(file: string, state: RunState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Removes the state file, and its folder where nothing else is in it. */
export function removeRunState(file: string): void {
  rmSync(file, { force: true });
  try {
    rmdirSync(dirname(file));
  } catch {
    // Somebody has something else in it, or it is a mount point.
  }
}

/** The identity of a living process, or undefined when there is none (zombies count as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    // The program's name, in brackets, may hold spaces and brackets: fields are counted after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [condition] = fields;
    const startTicks = fields[19];
    if (condition === 'Z' || startTicks === undefined) return undefined;
    return { pid, startTicks };
  } catch {
    return processExists(pid) ? { pid, startTicks: 'unknown' } : undefined;
  }
}

/** Systems without /proc (macOS) can only say whether a number is in use. */
function processExists(pid: number): boolean {
  if (process.platform === 'linux') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether the very process that was recorded still lives. */
export function isAlive(recorded: ProcessIdentity): boolean {
  return identify(recorded.pid)?.startTicks === recorded.startTicks;
}
