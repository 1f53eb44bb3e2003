import { info } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';

const LOOK_MS = 500;

/**
 * Looks again and again until there is an answer.
 * @param waiting what to say, once, where the first look gave none
 * @param look gives undefined for as long as there is no answer
 * @returns undefined when none came within `timeoutMs`, or before the signal
 */
export async function lookUntil<T>(
  timeoutMs: number,
  signal: AbortSignal,
  waiting: string,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const began = performance.now();
  for (let looks = 0; !signal.aborted; looks++) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() - began > timeoutMs) return undefined;
    if (looks === 0) info(waiting);
    await pause(LOOK_MS, signal);
  }
  return undefined;
}
