import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** The longest wait that a timer of Node holds; a longer one would fire at once. */
const LONGEST_MS = 2_147_483_647;

interface Limits {
  readonly timeoutMs?: number;
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

/** Programs under way. One listener for all of them, however many run at once. */
const running = new Set<Stopper>();

/**
 * A cancelled job gets SIGINT, then SIGTERM 7.5 s later, and is killed 2.5 s after that (actions/runner,
 * ProcessInvoker.cs). A program is in a group of its own and would not hear them.
 */
function cancelAll(): void {
  for (const stopper of running) stopper.cancel();
}

function killAll(): void {
  for (const stopper of running) stopper.kill('SIGKILL');
}

/**
 * Stops a program, and all in its group, at its time limit, on abort, and when this process is told to end; nothing of
 * it outlives this process.
 */
export class Stopper {
  readonly #child: ChildProcess;
  readonly #asking: 'SIGTERM' | 'SIGINT';
  readonly #graceMs: number;
  readonly #signal: AbortSignal | undefined;
  #limit: NodeJS.Timeout | undefined;
  #insistence: NodeJS.Timeout | undefined;
  /** When SIGKILL is due, on the clock of `performance`. */
  #deadline = 0;
  timedOut = false;
  cancelled = false;

  constructor(child: ChildProcess, limits: Limits) {
    this.#child = child;
    this.#asking = limits.stopSignal ?? 'SIGTERM';
    this.#graceMs = Math.min(limits.graceMs ?? 5000, LONGEST_MS);
    this.#signal = limits.signal;
    if (limits.timeoutMs !== undefined) {
      this.#limit = setTimeout(this.#expire, Math.min(limits.timeoutMs, LONGEST_MS));
    }
    if (running.size === 0) {
      process.on('SIGINT', cancelAll);
      process.on('SIGTERM', cancelAll);
      process.on('exit', killAll);
    }
    running.add(this);
    this.#signal?.addEventListener('abort', this.#stop);
    if (this.#signal?.aborted) this.#stop();
  }

  cancel(): void {
    this.cancelled = true;
    this.#stop();
  }

  kill(signal: NodeJS.Signals | 0): boolean {
    if (this.#child.pid === undefined) return false;
    try {
      return process.kill(process.platform === 'win32' ? this.#child.pid : -this.#child.pid, signal);
    } catch {
      return false; // already gone
    }
  }

  /**
   * To be called when the program itself has ended. Where it was stopped, what it started gets the rest of the grace to
   * end too (a shell dies at once, the `terraform` below it still saves its state), and is then killed.
   */
  async release(): Promise<void> {
    clearTimeout(this.#limit);
    this.#signal?.removeEventListener('abort', this.#stop);
    if (this.#deadline > 0) {
      while (performance.now() < this.#deadline && this.kill(0)) await sleep(20);
      this.kill('SIGKILL');
    }
    clearTimeout(this.#insistence);
    running.delete(this);
    if (running.size > 0) return;
    process.off('SIGINT', cancelAll);
    process.off('SIGTERM', cancelAll);
    process.off('exit', killAll);
  }

  readonly #expire = (): void => {
    this.timedOut = true;
    this.#stop();
  };

  readonly #stop = (): void => {
    // Asked once: some programs (Terraform) take a second signal for "at once, whatever is lost".
    if (this.#deadline > 0) return;
    this.#deadline = performance.now() + this.#graceMs;
    this.kill(this.#asking);
    this.#insistence = setTimeout(() => this.kill('SIGKILL'), this.#graceMs);
  };
}
