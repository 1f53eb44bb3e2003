import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, unless and until the signal is raised. Milliseconds. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}
