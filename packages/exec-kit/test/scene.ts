import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** A fresh folder that goes when the test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-exec-kit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A script in a fresh folder. */
export function script(name: string, text: string, mode = 0o755): { folder: string; path: string } {
  const folder = scratchFolder();
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  return { folder, path };
}

/** Everything printed while `body` runs. */
export async function printed(body: () => Promise<unknown>): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await body();
  } finally {
    write.mockRestore();
  }
  return text;
}

/** Whether a process runs; one that has ended and that nobody has reaped does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

export const NODE = process.execPath;
