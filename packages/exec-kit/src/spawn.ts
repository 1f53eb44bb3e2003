import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ActionError } from '@fairway/action-kit';
import { LineSplitter, Tail } from './capture.js';
import { Echo } from './echo.js';
import { inheritedEnvironment } from './environment.js';
import type { RunOptions, RunResult } from './run.js';
import { Stopper } from './stop.js';

/**
 * One run of a program found at `path`.
 *
 * Why not `exec` of @actions/exec: it gives no handle on what it starts, so nothing started with it can be stopped
 * at a time limit or when the job is cancelled.
 */
export async function spawnOnce(
  tool: string,
  path: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const started = performance.now();
  const child = start(tool, path, args, options);
  const stdout = follow(child.stdout, options, options.onStdoutLine);
  const stderr = follow(child.stderr, options, options.onStderrLine);
  child.stdin.on('error', () => undefined); // a program may end without reading its input
  child.stdin.end(options.input);
  const stopper = new Stopper(child, options);
  try {
    const [exitCode, signal] = await ended(tool, child, options.cwd);
    const [out, err] = [stdout.end(), stderr.end()];
    return {
      argv: [tool, ...args],
      exitCode,
      signal,
      timedOut: stopper.timedOut,
      cancelled: stopper.cancelled,
      durationMs: performance.now() - started,
      stdout: out,
      stderr: err,
      truncated: stdout.tail.truncated || stderr.tail.truncated,
    };
  } finally {
    await stopper.release();
  }
}

function start(
  tool: string,
  path: string,
  args: readonly string[],
  options: RunOptions,
): ChildProcessWithoutNullStreams {
  try {
    return spawn(path, args, {
      cwd: options.cwd,
      env: { ...inheritedEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that a stop reaches what the program itself started.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    throw unstartable(tool, error, options.cwd); // Node throws some of the system's answers, and emits others
  }
}

/** Milliseconds without output after which pipes that outlive the program are let go, and the most they get in all. */
const IDLE_MS = 2000;
const MOST_MS = 10_000;

/** Resolves when the program has ended and its output is read. */
function ended(
  tool: string,
  child: ChildProcess,
  cwd: string | undefined,
): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    let patience: NodeJS.Timeout | undefined;
    child.once('error', (error) => reject(unstartable(tool, error, cwd)));
    child.once('close', (code, signal) => {
      clearTimeout(patience);
      resolve([code, signal]);
    });
    // A grandchild that left the group may keep the pipes open for ever; the program itself is done.
    child.once('exit', (code, signal) => {
      const exited = performance.now();
      const letGo = () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve([code, signal]);
      };
      const wait = () => {
        clearTimeout(patience);
        const left = MOST_MS - (performance.now() - exited);
        patience = setTimeout(letGo, Math.max(0, Math.min(IDLE_MS, left)));
      };
      child.stdout?.on('data', wait);
      child.stderr?.on('data', wait);
      wait();
    });
  });
}

function unstartable(tool: string, error: unknown, cwd: string | undefined): ActionError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const missing =
    cwd !== undefined && !existsSync(cwd)
      ? `The folder it is to run in, ${cwd}, is not there: check the path, and the steps that make it.`
      : `If it is a script, the program that its first line names ('#!…') is not installed.`;
  const remedies: Readonly<Record<string, string>> = {
    ENOENT: missing,
    ENOTDIR: `${cwd ?? 'A part of its path'} is a file, not a folder.`,
    EACCES: `Make the file executable:  chmod +x ${tool}  (in git:  git update-index --chmod=+x ${tool}).`,
    E2BIG: 'Its arguments are longer than the system allows: name a folder instead of every file.',
    ERR_INVALID_ARG_VALUE: 'An argument or variable holds a NUL character, which no program can be given.',
  };
  const message = error instanceof Error ? error.message : String(error);
  return new ActionError('command-failed', `${tool} could not be started: ${message}`, {
    remedy: remedies[code] ?? 'The message above is the operating system’s own.',
    cause: error,
  });
}

function follow(
  stream: NodeJS.ReadableStream,
  options: RunOptions,
  onLine: ((line: string) => void) | undefined,
): { readonly tail: Tail; end(): string } {
  const tail = new Tail(options.captureBytes ?? 1024 * 1024);
  const splitter = onLine && new LineSplitter(onLine);
  const shown = (options.show ?? 'stream') === 'stream';
  const echo = shown ? new Echo(process.stdout, options.commands ?? 'stop') : undefined;
  stream.on('data', (chunk: Buffer) => {
    tail.add(chunk);
    splitter?.add(chunk);
    if (echo?.add(chunk) === false) {
      stream.pause();
      process.stdout.once('drain', () => stream.resume());
    }
  });
  return {
    tail,
    end() {
      splitter?.end();
      echo?.end();
      return tail.text();
    },
  };
}
