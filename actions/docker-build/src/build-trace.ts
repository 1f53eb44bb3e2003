/** One step of a build as BuildKit tells of it (a "vertex"). Times are milliseconds since 1970. */
export interface Step {
  readonly digest: string;
  /** In the order in which they were first heard of, from 1. */
  readonly number: number;
  name: string;
  started?: number;
  completed?: number;
  cached: boolean;
  error: string;
  /** The last lines it printed. */
  readonly tail: string[];
}

/** A finding of BuildKit's own Dockerfile checks. */
export interface BuildWarning {
  readonly message: string;
  readonly detail: string;
  readonly url: string;
  readonly line?: number;
}

export type TraceEvent =
  | { readonly kind: 'started' | 'completed'; readonly step: Step }
  | { readonly kind: 'output'; readonly step: Step; readonly line: string }
  | { readonly kind: 'warning'; readonly warning: BuildWarning }
  | { readonly kind: 'message'; readonly line: string };

type Tree = Readonly<Record<string, unknown>>;

/** Lines kept of each step's output, for the failure's account. */
const TAIL_LINES = 40;
const LINE_CHARACTERS = 4000;

/**
 * Reads what `buildx --progress=rawjson` prints, line by line: BuildKit's SolveStatus as JSON, and between it and
 * after it plain text (the error at the end). Source: moby/buildkit, client/graph.go.
 */
export class BuildTrace {
  readonly steps = new Map<string, Step>();
  readonly warnings: BuildWarning[] = [];
  /** Lines that are not BuildKit's JSON: buildx's own words, the error among them. */
  readonly messages: string[] = [];
  readonly #unfinished = new Map<string, string>();

  read(line: string): TraceEvent[] {
    const status = parseStatus(line);
    if (status === undefined) {
      const text = line.slice(0, LINE_CHARACTERS);
      this.messages.push(text);
      if (this.messages.length > 500) this.messages.shift();
      return [{ kind: 'message', line: text }];
    }
    return [
      ...list(status.vertexes).flatMap((vertex) => this.#vertex(vertex)),
      ...list(status.logs).flatMap((log) => this.#log(log)),
      ...list(status.warnings).map((warning) => this.#warning(warning)),
    ];
  }

  #vertex(vertex: Tree): TraceEvent[] {
    const digest = text(vertex.digest);
    if (digest === '') return [];
    const step = this.steps.get(digest) ?? this.#newStep(digest);
    if (text(vertex.name) !== '') step.name = text(vertex.name).slice(0, LINE_CHARACTERS);
    const events: TraceEvent[] = [];
    const [started, completed] = [time(vertex.started), time(vertex.completed)];
    if (started !== undefined && step.started === undefined) {
      step.started = started;
      events.push({ kind: 'started', step });
    }
    step.cached ||= vertex.cached === true;
    if (text(vertex.error) !== '') step.error = text(vertex.error);
    if (started !== undefined && completed === undefined) delete step.completed; // it goes on: exported, now pushing
    if (completed !== undefined) {
      const ends = step.completed === undefined;
      step.completed = completed;
      if (ends) events.push(...this.#flush(step), { kind: 'completed', step });
    }
    return events;
  }

  #newStep(digest: string): Step {
    const step: Step = { digest, number: this.steps.size + 1, name: '', cached: false, error: '', tail: [] };
    this.steps.set(digest, step);
    return step;
  }

  #log(log: Tree): TraceEvent[] {
    const digest = text(log.vertex);
    const step = this.steps.get(digest) ?? this.#newStep(digest);
    const pending = (this.#unfinished.get(digest) ?? '') + decode(log.data);
    const lines = pending.split('\n');
    this.#unfinished.set(digest, (lines.pop() ?? '').slice(-LINE_CHARACTERS));
    return lines.map((line) => this.#output(step, line));
  }

  #flush(step: Step): TraceEvent[] {
    const rest = this.#unfinished.get(step.digest) ?? '';
    this.#unfinished.delete(step.digest);
    return rest === '' ? [] : [this.#output(step, rest)];
  }

  #output(step: Step, raw: string): TraceEvent {
    // Of a line drawn over and over (a progress bar) only the last drawing counts.
    const line = raw.replace(/\r+$/, '').split('\r').at(-1)?.slice(0, LINE_CHARACTERS) ?? '';
    step.tail.push(line);
    if (step.tail.length > TAIL_LINES) step.tail.shift();
    return { kind: 'output', step, line };
  }

  #warning(entry: Tree): TraceEvent {
    const range = tree(list(entry.range)[0]);
    const line = Number(tree(range.start).line);
    const warning: BuildWarning = {
      message: decode(entry.short).trim(),
      detail: list(entry.detail, isText).map(decode).join('\n').trim(),
      url: text(entry.url),
      ...(Number.isInteger(line) && line > 0 && { line }),
    };
    this.warnings.push(warning);
    return { kind: 'warning', warning };
  }
}

/** BuildKit's own housekeeping, which nobody waits for. */
export function isInternal(step: Step): boolean {
  return step.name.startsWith('[internal]');
}

/** The steps that the Dockerfile itself has: `[build 2/4] RUN npm ci`, not BuildKit's own `[internal] …`. */
export function dockerfileSteps(trace: BuildTrace): Step[] {
  return [...trace.steps.values()].filter((step) => /^\[(?!internal\])[^\]]*\b\d+\/\d+\]/.test(step.name));
}

/** Milliseconds a step took; 0 where it did not run to its end. */
export function durationOf(step: Step): number {
  return step.started === undefined || step.completed === undefined
    ? 0
    : Math.max(0, step.completed - step.started);
}

function parseStatus(line: string): Tree | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return 'vertexes' in tree(value) ||
      'statuses' in tree(value) ||
      'logs' in tree(value) ||
      'warnings' in tree(value)
      ? tree(value)
      : undefined;
  } catch {
    return undefined;
  }
}

function list(value: unknown): Tree[];
function list<T>(value: unknown, is: (entry: unknown) => entry is T): T[];
function list(value: unknown, is: (entry: unknown) => boolean = isTree): unknown[] {
  return Array.isArray(value) ? value.filter(is) : [];
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function tree(value: unknown): Tree {
  return isTree(value) ? value : {};
}

function text(value: unknown): string {
  return isText(value) ? value : '';
}

function time(value: unknown): number | undefined {
  const milliseconds = Date.parse(text(value));
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function decode(value: unknown): string {
  return Buffer.from(text(value), 'base64').toString('utf8');
}
