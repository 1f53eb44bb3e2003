import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWorkflowCommand, type WorkflowCommand } from '@fairway/testing';
import { onTestFinished, vi } from 'vitest';

/** Sets INPUT_* as the runner does, for this test. */
export function give(inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(inputs)) {
    vi.stubEnv(`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value);
  }
}

/** Everything printed while `body` runs. */
export async function printed(body: () => unknown): Promise<string> {
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

/** The commands that the runner would obey in a text. It reads lines as .NET does: LF, CR and CRLF end one. */
export function commandsIn(text: string): WorkflowCommand[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => parseWorkflowCommand(line))
    .filter((command) => command !== undefined);
}

/** A fresh folder that goes when the test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-action-kit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a synchronous call throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}
