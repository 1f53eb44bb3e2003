import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { list, string, type Tree, tree } from '@fairway/action-kit/tree';
import { outcome, type RunResult } from '@fairway/exec-kit';

/** A fingerprint of the parts that tell one finding from another: never a line number, which moves. */
export function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

/** A path as findings name it: relative to the root, with `/`. */
export function fromRoot(root: string, path: string): string {
  const way = relative(root, path).split(sep).join('/');
  return way === '' ? '.' : way;
}

/**
 * A scanner that was stopped, or said more than is kept, looked at a part at most.
 * @throws ActionError 'scanner-failed'
 */
export function refuseStopped(scanner: string, result: RunResult): void {
  if (!result.timedOut && !result.cancelled && !result.truncated) return;
  const how = result.truncated ? 'said more than can be read' : outcome(result);
  throw new ActionError('scanner-failed', `${scanner} ${how}.`, {
    remedy: result.timedOut
      ? 'Give it more time:  timeout: 30m'
      : `Run ${scanner} by hand in the same folder, and see what it says.`,
  });
}

/**
 * A scanner that was told to end with 0 whatever it finds, and did not, could not read something. What it reports then
 * is not all there is.
 * @throws ActionError 'scanner-failed'
 */
export function refuseBroken(scanner: string, result: RunResult): void {
  refuseStopped(scanner, result);
  if (result.exitCode === 0) return;
  const said = (result.stderr.trim() || 'It said nothing.').slice(-2000);
  throw new ActionError('scanner-failed', `${scanner} ${outcome(result)}. ${said}`, {
    remedy: `Run ${scanner} by hand in the same folder, and mend what it names.`,
  });
}

/**
 * Parses a scanner's JSON report.
 * @throws ActionError 'unreadable-report' with what the scanner said instead
 */
export function parseReport(scanner: string, text: string, result: RunResult): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const said = (result.stderr.trim() || result.stdout.trim() || 'nothing').slice(-2000);
    throw new ActionError(
      'unreadable-report',
      `${scanner} (exit code ${result.exitCode}) gave no report that can be read. It said:\n${said}`,
      {
        remedy: `Run ${scanner} by hand in the same folder. A version that is very old or very new may write another format.`,
        cause,
      },
    );
  }
}

export { list, string, type Tree, tree };

/** A line or column number from 1, whatever the report says. */
export function position(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 1;
}
