import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pause } from '@fairway/exec-kit';
import { identify, isAlive, type ProcessIdentity } from '../services/run-state.js';

/**
 * Does something while no other process does it with the same lock file. A lock whose owner no longer lives is taken
 * over; `onWait` is told once who is waited for.
 */
export async function withLock<T>(
  file: string,
  onWait: (owner: number) => void,
  body: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const mine = JSON.stringify(identify(process.pid) ?? { pid: process.pid, startTicks: 'unknown' });
  for (let told = false; !tryTake(file, mine); await pause(200)) {
    const owner = ownerOf(file);
    if (owner === undefined || !isAlive(owner)) rmSync(file, { force: true });
    else if (!told) {
      onWait(owner.pid);
      told = true;
    }
  }
  try {
    return await body();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryTake(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
