import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** What a finished process left behind. */
export interface ProcessEnd {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface ProcessRequest {
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Cancels as the runner does: SIGINT, after 7.5 s SIGTERM, after another 2.5 s SIGKILL. */
  readonly signal?: AbortSignal;
  /** Called for each line of either stream in the order of arrival. */
  readonly onLine: (line: string) => void;
}

/** Milliseconds from SIGINT to SIGTERM and from there to SIGKILL (actions/runner, ProcessInvoker.cs). */
const sigintGraceMs = 7_500;
const sigtermGraceMs = 2_500;

/** Process groups under way; they must not outlive this process. */
const running = new Set<number>();
process.on('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
});

/**
 * Runs a script with this very Node in a clean environment. The test harness stands where the runner stands, outside
 * of any action, so it starts the process itself and reads its streams unabridged. The process leads a group of its
 * own, so that what an action started dies with it.
 */
export function runScript(request: ProcessRequest): Promise<ProcessEnd> {
  const started = performance.now();
  const child = spawn(process.execPath, [request.script], {
    cwd: request.cwd,
    env: { ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = (signal: NodeJS.Signals): void => signalGroup(child.pid, signal);
  if (child.pid !== undefined) running.add(child.pid);
  const stdout = collectLines(child.stdout, request.onLine);
  const stderr = collectLines(child.stderr, request.onLine);
  let timedOut = false;
  const timers: NodeJS.Timeout[] = [];
  const escalate = (steps: readonly (readonly [number, NodeJS.Signals])[]): void => {
    for (const [afterMs, signal] of steps) timers.push(setTimeout(() => kill(signal), afterMs));
  };
  timers.push(
    setTimeout(() => {
      timedOut = true;
      kill('SIGTERM');
      escalate([[1_000, 'SIGKILL']]);
    }, request.timeoutMs),
  );
  const cancel = (): void =>
    escalate([
      [0, 'SIGINT'],
      [sigintGraceMs, 'SIGTERM'],
      [sigintGraceMs + sigtermGraceMs, 'SIGKILL'],
    ]);
  if (request.signal?.aborted) cancel();
  request.signal?.addEventListener('abort', cancel, { once: true });

  return new Promise((resolve, reject) => {
    const settle = (): void => {
      for (const timer of timers) clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancel);
      if (child.pid !== undefined) running.delete(child.pid);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    // The process is over at 'exit'; a grandchild that holds the pipes open must not keep the step alive.
    child.once('exit', () => timers.push(setTimeout(() => kill('SIGKILL'), sigtermGraceMs)));
    child.once('close', (exitCode, signal) => {
      settle();
      const durationMs = performance.now() - started;
      resolve({ exitCode, signal, timedOut, stdout: stdout(), stderr: stderr(), durationMs });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

function collectLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => string {
  const decoder = new StringDecoder('utf8');
  let whole = '';
  let pending = '';
  const take = (text: string): void => {
    whole += text;
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on('end', () => {
    take(decoder.end());
    if (pending !== '') onLine(pending);
    pending = '';
  });
  return () => whole;
}
