import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { endProcess } from './ending.js';
import type { Folders } from './folders.js';
import { type Probe, until } from './readiness.js';
import { identify, type RunState, writeRunState } from './run-state.js';
import { takeDown } from './take-down.js';

export interface ServiceProgram {
  /** Also the name of the log file. */
  readonly name: string;
  /** Absolute path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment of the program, beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly ready: Probe;
  readonly readyTimeoutMs?: number;
  /** How long it may take to end after SIGTERM. Default 5 s. */
  readonly graceMs?: number;
}

/**
 * Owns the processes of a run. Each leads a process group of its own, writes to `<logs>/<name>.log`, and stands in the
 * state file from the moment it exists, so that whatever happens to us, the next run can recognise and end it.
 * (exec-kit runs programs to their end; this is the one place for programs that stay.)
 */
export class Supervisor {
  readonly logs: string;
  readonly folders: Folders;
  readonly #children: ChildProcess[] = [];
  readonly #endings: (() => Promise<void>)[] = [];
  #state: RunState;
  #stopping: Promise<void> | undefined;

  /** @param logs the folder that gets one log file for each service */
  constructor(folders: Folders, logs: string) {
    this.folders = folders;
    this.logs = logs;
    mkdirSync(logs, { recursive: true });
    const owner = identify(process.pid) ?? { pid: process.pid, startTicks: 'unknown' };
    this.#state = {
      owner,
      startedAt: new Date().toISOString(),
      folder: folders.run,
      kept: false,
      children: [],
      cluster: false,
      containers: [],
      addresses: {},
    };
    this.#save({});
  }

  get state(): RunState {
    return this.#state;
  }

  /** Notes in the state file what is about to exist, before it does. */
  note(change: Partial<Pick<RunState, 'cluster' | 'containers' | 'addresses'>>): void {
    this.#save(change);
  }

  #save(change: Partial<RunState>): void {
    this.#state = { ...this.#state, ...change };
    writeRunState(this.folders.stateFile, this.#state);
  }

  /**
   * Starts a program and waits until it is ready.
   * @throws ActionError 'service-failed' with the end of its log when it dies or never gets ready
   */
  async start(service: ServiceProgram): Promise<void> {
    if (this.#stopping !== undefined) throw new Error(`${service.name} is not started: the run is stopping`);
    const log = join(this.logs, `${service.name}.log`);
    const output = openSync(log, 'a');
    const child = spawn(service.program, service.args, {
      cwd: service.cwd,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...service.env },
      stdio: ['ignore', output, output],
      detached: true,
    });
    closeSync(output);
    let ended: string | undefined;
    child.once('error', (error) => {
      ended = `could not be started: ${error.message}`;
    });
    child.once('exit', (code, signal) => {
      ended = `ended ${code === null ? `by ${signal}` : `with exit code ${code}`}`;
    });
    this.#remember(service, child);
    try {
      await until(service.ready, { timeoutMs: service.readyTimeoutMs ?? 30_000, gaveUp: () => ended });
    } catch (error) {
      throw new ActionError(
        'service-failed',
        `${service.name} did not get ready: ${(error as Error).message}\n${tail(log)}`,
        { remedy: `Read its log, ${log}.`, cause: error },
      );
    }
  }

  #remember(service: ServiceProgram, child: ChildProcess): void {
    this.#children.push(child);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) return;
    const record = { ...identity, name: service.name, graceMs: service.graceMs ?? 5_000 };
    this.#save({ children: [...this.#state.children, record] });
  }

  /** Ends one service now, with everything it started. */
  async end(name: string): Promise<void> {
    const found = this.#state.children.filter((record) => record.name === name);
    await Promise.all(found.map((record) => endProcess(record, record.graceMs)));
    this.#save({ children: this.#state.children.filter((record) => record.name !== name) });
  }

  /** Something inside our own process that ends with the run, such as a server. */
  onStop(end: () => Promise<void>): void {
    this.#endings.push(end);
  }

  /** Stops everything, last started first; calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    try {
      for (const end of this.#endings.reverse()) await end();
    } finally {
      await takeDown(this.folders);
    }
  }

  /** Lets the processes live on after ours ends; `down` finds them by the state file. */
  keep(): void {
    for (const child of this.#children) child.unref();
    this.#save({ kept: true });
  }
}

function tail(file: string, lines = 15): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
