import { record, text } from './json-value.js';

/**
 * What act says in `--json`: one object a line, written by logrus. Read from act's own source
 * (pkg/runner/{logger,step,command,job_executor}.go of v0.2.89) and from recorded runs.
 */
export type ActEvent =
  | { readonly kind: 'started'; readonly job: ActJob }
  | { readonly kind: 'output'; readonly job: ActJob; readonly line: string; readonly step: string }
  | { readonly kind: 'step'; readonly job: ActJob; readonly step: StepRecord }
  | { readonly kind: 'ended'; readonly job: ActJob; readonly result: JobResult }
  | { readonly kind: 'engine'; readonly level: string; readonly line: string };

export type JobResult = 'success' | 'failure' | 'skipped';

export interface StepRecord {
  readonly name: string;
  readonly stage: string;
  readonly result: 'success' | 'failure' | 'skipped';
  readonly seconds: number;
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** One job as act ran it. `result` is undefined while it runs, and for ever when act never said how it ended. */
export interface ActJob {
  /** The path of names as GitHub's checks show it: `pipeline / test / shard 1/3`. */
  readonly name: string;
  readonly id: string;
  /** It only called a workflow: GitHub lists the jobs of that workflow, not this one. */
  calls: boolean;
  result: JobResult | undefined;
  /** Seconds from the first line to the result. act's own times are whole seconds, so arrival is measured. */
  seconds: number;
  readonly steps: StepRecord[];
  /** Step outputs, `step-id.name` → value, as the step set them. */
  readonly outputs: Map<string, string>;
  readonly summaries: string[];
  readonly annotations: Annotation[];
}

/** Reads act's lines, one after another, into the jobs that ran. Holds no file and starts nothing. */
export class ActLog {
  readonly #jobs = new Map<string, ActJob & { started: number }>();
  /** Values that act was told to mask: its JSON carries them in plain text beside the masked message. */
  readonly #masks = new Set<string>();
  readonly #clock: () => number;

  /** @param clock milliseconds; a parameter so that a recorded run can be read with its own times */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  get jobs(): readonly ActJob[] {
    return [...this.#jobs.values()];
  }

  /** A text without what act was told to mask. */
  masked(text: string): string {
    let clean = text;
    for (const mask of this.#masks) clean = clean.replaceAll(mask, '***');
    return clean;
  }

  /** Takes one line; a line that is no JSON object is act's own word outside its log (`Error: …`). */
  take(line: string): ActEvent[] {
    const entry = parse(line);
    if (entry === undefined)
      return line.trim() === '' ? [] : [{ kind: 'engine', level: 'error', line: this.masked(line) }];
    const message = text(entry.msg).trimEnd();
    const name = text(entry.job).trim();
    if (name === '' && message.includes('valid docker connection')) return []; // host mode asks for none
    if (name === '') return [{ kind: 'engine', level: text(entry.level), line: this.masked(message) }];
    const events: ActEvent[] = [];
    let job = this.#jobs.get(name);
    if (job === undefined) {
      job = newJob(name, text(entry.jobID), this.#clock());
      this.#jobs.set(name, job);
      events.push({ kind: 'started', job });
    }
    this.#note(job, entry);
    if (entry.raw_output === true) {
      events.push({ kind: 'output', job, line: this.masked(message), step: text(entry.step) });
    }
    const step = stepOf(entry, this.masked(text(entry.step)));
    if (step !== undefined) {
      job.steps.push(step);
      events.push({ kind: 'step', job, step });
    }
    const result = jobResult(entry.jobResult);
    if (result !== undefined) {
      job.result = result;
      job.calls = entry.called === true;
      job.seconds = (this.#clock() - job.started) / 1000;
      events.push({ kind: 'ended', job, result });
    } else if (step === undefined && entry.raw_output !== true && entry.level === 'error') {
      events.push({ kind: 'output', job, line: this.masked(message), step: text(entry.step) });
    }
    return events;
  }

  #note(job: ActJob, entry: Readonly<Record<string, unknown>>): void {
    const command = text(entry.command);
    if (command === 'add-mask') {
      for (const mask of text(entry.arg).split('\n')) if (mask.trim() !== '') this.#masks.add(mask.trim());
    } else if (command === 'set-output') {
      const id = Array.isArray(entry.stepID) ? entry.stepID.join('/') : text(entry.stepID);
      job.outputs.set(`${id}.${text(entry.name)}`, text(entry.arg));
    } else if (command === 'summary') {
      job.summaries.push(this.masked(text(entry.content)));
    } else if (command === 'error' || command === 'warning' || command === 'notice') {
      job.annotations.push(annotation(command, entry, (value) => this.masked(value)));
    }
  }
}

function newJob(name: string, id: string, started: number): ActJob & { started: number } {
  return {
    name,
    id,
    calls: false,
    result: undefined,
    seconds: 0,
    steps: [],
    outputs: new Map(),
    summaries: [],
    annotations: [],
    started,
  };
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return record(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function stepOf(entry: Readonly<Record<string, unknown>>, name: string): StepRecord | undefined {
  const result = jobResult(entry.stepResult);
  if (result === undefined) return undefined;
  const nanoseconds = typeof entry.executionTime === 'number' ? entry.executionTime : 0;
  return { name, stage: text(entry.stage) || 'Job', result, seconds: nanoseconds / 1e9 };
}

function annotation(
  level: Annotation['level'],
  entry: Readonly<Record<string, unknown>>,
  clean: (text: string) => string,
): Annotation {
  const place = record(entry.kvPairs) ?? {};
  const line = Number(text(place.line));
  return {
    level,
    message: clean(text(entry.arg)),
    ...(text(place.file) === '' ? {} : { file: text(place.file) }),
    ...(Number.isInteger(line) && line > 0 ? { line } : {}),
  };
}

function jobResult(value: unknown): JobResult | undefined {
  return value === 'success' || value === 'failure' || value === 'skipped' ? value : undefined;
}
