import { type ChildProcess, spawn } from 'node:child_process';
import { ActionError } from '@fairway/action-kit';
import { LineSplitter, Tail } from './capture.js';
import { inheritedEnvironment } from './environment.js';
import type { RunOptions, RunResult } from './run.js';

/**
 * One run of a program found at `path`.
 *
 * Why not `exec` of @actions/exec: it gives no handle on what it starts, so nothing started with it can be stopped
 * at a time limit or when the job is cancelled (docs/decisions/0004-exec.md).
 */
export async function spawnOnce(
  tool: string,
  path: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const started = performance.now();
  const child = spawn(path, args, {
    cwd: options.cwd,
    env: { ...inheritedEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that a stop reaches what the program itself started.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const keep = options.captureBytes ?? 1024 * 1024;
  const stdout = follow(child.stdout, process.stdout, keep, options.show, options.onStdoutLine);
  const stderr = follow(child.stderr, process.stdout, keep, options.show, options.onStderrLine);
  child.stdin.on('error', () => undefined); // a program may end without reading its input
  child.stdin.end(options.input);
  const stopper = stopOn(child, options);
  try {
    const [exitCode, signal] = await ended(tool, child);
    const [out, err] = [stdout.end(), stderr.end()];
    return {
      argv: [tool, ...args],
      exitCode,
      signal,
      timedOut: stopper.timedOut,
      durationMs: performance.now() - started,
      stdout: out,
      stderr: err,
      truncated: stdout.tail.truncated || stderr.tail.truncated,
    };
  } finally {
    stopper.release();
  }
}

function ended(tool: string, child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(unstartable(tool, error)));
    child.once('close', (code, signal) => resolve([code, signal]));
    // A grandchild that left the group may keep the pipes open for ever; the program itself is done.
    child.once('exit', (code, signal) => {
      const patience = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve([code, signal]);
      }, 2000);
      child.once('close', () => clearTimeout(patience));
    });
  });
}

function unstartable(tool: string, error: NodeJS.ErrnoException): ActionError {
  const remedies: Readonly<Record<string, string>> = {
    ENOENT: 'Check that the folder the program is to run in exists.',
    EACCES: `Make the file executable:  chmod +x ${tool}`,
    E2BIG: 'Its arguments are longer than the system allows: name a folder instead of every file.',
  };
  return new ActionError('command-failed', `${tool} could not be started: ${error.message}`, {
    remedy: remedies[error.code ?? ''] ?? 'The message above is the operating system’s own.',
    cause: error,
  });
}

function follow(
  stream: NodeJS.ReadableStream,
  target: NodeJS.WritableStream,
  keep: number,
  show: RunOptions['show'],
  onLine: ((line: string) => void) | undefined,
): { readonly tail: Tail; end(): string } {
  const tail = new Tail(keep);
  const splitter = onLine && new LineSplitter(onLine);
  stream.on('data', (chunk: Buffer) => {
    tail.add(chunk);
    splitter?.add(chunk);
    if ((show ?? 'stream') === 'stream') target.write(chunk);
  });
  return {
    tail,
    end() {
      splitter?.end();
      return tail.text();
    },
  };
}

/** Stops the program, and all in its group, at the time limit, on abort, and when this process is told to end. */
function stopOn(child: ChildProcess, options: RunOptions): { readonly timedOut: boolean; release(): void } {
  const timers: NodeJS.Timeout[] = [];
  const stopper = { timedOut: false, release };
  let asked = false;
  const stop = () => {
    // Asked once: some programs (Terraform) take a second signal for "at once, whatever is lost".
    if (asked) return;
    asked = true;
    kill(child, options.stopSignal ?? 'SIGTERM');
    timers.push(setTimeout(() => kill(child, 'SIGKILL'), options.graceMs ?? 5000));
  };
  if (options.timeoutMs !== undefined) {
    timers.push(
      setTimeout(() => {
        stopper.timedOut = true;
        stop();
      }, options.timeoutMs),
    );
  }
  // A cancelled job gets SIGINT, then SIGTERM 7.5 s later (GitHub docs: "Canceling a workflow run"). The program is
  // in a group of its own and would not hear it.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  options.signal?.addEventListener('abort', stop);
  if (options.signal?.aborted) stop();
  function release(): void {
    for (const timer of timers) clearTimeout(timer);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    options.signal?.removeEventListener('abort', stop);
  }
  return stopper;
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // already gone
  }
}
