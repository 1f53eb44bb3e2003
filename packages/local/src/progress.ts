import { formatDuration } from '@fairway/action-kit';

/** One thing somebody waits for. */
export interface Task {
  readonly name: string;
  /** What is being made or started, with its version. */
  readonly what: string;
  readonly why: string;
  /** About how long it takes, in seconds. */
  readonly seconds: number;
}

/** Shows what is waited for, why, and how long it takes. */
export interface Progress {
  begin(task: Task): void;
  done(task: Task, tookMs: number): void;
  failed(task: Task, tookMs: number): void;
  /** A line that stays. */
  say(line: string): void;
  close(): void;
}

/** The line that stays when a task is over. Pure. */
export function doneLine(task: Task, tookMs: number, sign = '✓'): string {
  return `  ${sign} ${task.what.padEnd(28)} ${formatDuration(tookMs).padStart(7)}  ${task.why}`;
}

/** What is under way, on one line that fits the terminal. Pure. */
export function runningLine(tasks: readonly { task: Task; elapsedMs: number }[], columns: number): string {
  const parts = tasks.map(({ task, elapsedMs }) => {
    const left = task.seconds * 1000 - elapsedMs;
    const expectation =
      left > 1000 ? `about ${formatDuration(Math.round(left / 1000) * 1000)} left` : 'nearly there';
    return `${task.what} (${formatDuration(Math.floor(elapsedMs / 1000) * 1000)}, ${expectation})`;
  });
  const line = `  … ${parts.join(' · ')}`;
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** On a terminal one line that lives; in a log a line at each begin and end, and a sign of life every half minute. */
export function openProgress(output: ProgressOutput = process.stdout): Progress {
  const running = new Map<string, { task: Task; beganAt: number }>();
  const live = output.isTTY === true;
  const now = () =>
    [...running.values()].map(({ task, beganAt }) => ({ task, elapsedMs: Date.now() - beganAt }));
  const clear = () => live && output.write('\r\x1b[2K');
  const draw = () => {
    if (running.size === 0) return;
    if (live) clear();
    output.write(runningLine(now(), live ? (output.columns ?? 80) : 400) + (live ? '' : '\n'));
  };
  const timer = setInterval(draw, live ? 250 : 30_000);
  timer.unref();
  const line = (text: string) => {
    clear();
    output.write(`${text}\n`);
    if (live) draw();
  };
  const over = (task: Task, text: string) => {
    running.delete(task.name);
    line(text);
  };
  return {
    begin: (task) => {
      running.set(task.name, { task, beganAt: Date.now() });
      if (live) draw();
      else line(`  › ${task.what}: ${task.why} (about ${formatDuration(task.seconds * 1000)})`);
    },
    done: (task, tookMs) => over(task, doneLine(task, tookMs)),
    failed: (task, tookMs) => over(task, doneLine(task, tookMs, '✗')),
    say: line,
    close: () => {
      clearInterval(timer);
      clear();
    },
  };
}

/** Runs a task under the eyes of the progress display. */
export async function track<T>(progress: Progress, task: Task, body: () => Promise<T>): Promise<T> {
  const began = Date.now();
  progress.begin(task);
  try {
    const result = await body();
    progress.done(task, Date.now() - began);
    return result;
  } catch (error) {
    progress.failed(task, Date.now() - began);
    throw error;
  }
}
