import { connect } from 'node:net';
import { pause } from '@fairway/exec-kit';

/** Answers whether a thing is ready; throwing means "not yet" and the message says why. */
export type Probe = () => Promise<boolean>;

/** Ready when the address answers with a status below 400. */
export function httpProbe(url: string): Probe {
  return async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status < 400;
}

/** Ready when somebody accepts a connection on a TCP port or a Unix socket. */
export function connectProbe(target: { host: string; port: number } | { path: string }): Probe {
  return () =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...target, timeout: 2_000 });
      socket.once('timeout', () => socket.destroy(new Error('no answer within 2 s')));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', reject);
    });
}

/**
 * Asks until the answer is yes.
 * @param limits.timeoutMs how long in all; `gaveUp` ends the wait early with its reason (a process that died)
 * @throws Error naming what was last seen
 */
export async function until(
  probe: Probe,
  limits: { timeoutMs: number; everyMs?: number; gaveUp?: () => string | undefined },
): Promise<void> {
  const deadline = Date.now() + limits.timeoutMs;
  let last = 'no answer yet';
  for (;;) {
    const reason = limits.gaveUp?.();
    if (reason !== undefined) throw new Error(reason);
    try {
      if (await probe()) return;
      last = 'it answered that it is not ready';
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() >= deadline) throw new Error(`not ready after ${limits.timeoutMs / 1000} s: ${last}`);
    await pause(limits.everyMs ?? 100);
  }
}
