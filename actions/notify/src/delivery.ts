import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError, formatDuration, info } from '@fairway/action-kit';
import type { Answer, Message, Sink } from './message.js';

/** What became of one sink. Nothing in it shows an address. */
export interface Delivery {
  readonly sink: Sink['name'];
  readonly delivered: boolean;
  readonly attempts: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Why not. */
  readonly reason?: string;
  readonly remedy?: string;
}

export interface Patience {
  /** Tries after the first. */
  readonly retries: number;
  /** Milliseconds for one try. */
  readonly timeout: number;
  /** Milliseconds before the second try; doubled for each after it, with jitter. */
  readonly firstPause: number;
}

/** The longest wait that a receiver may ask for with Retry-After, in milliseconds. */
const LONGEST_WAIT = 60_000;

/** How one try ended. */
export interface Verdict {
  readonly delivered: boolean;
  readonly reason: string;
  readonly again: boolean;
  /** Milliseconds that the receiver asks to wait. */
  readonly wait?: number;
}

/** Brings a notification to one sink, trying again where that can help. Never throws: the other sinks are not to suffer. */
export async function deliver(
  sink: Sink,
  patience: Patience,
  post: (message: Message, timeout: number) => Promise<Answer>,
): Promise<Delivery> {
  const started = performance.now();
  const since = () => performance.now() - started;
  let message: Message;
  try {
    message = sink.message();
  } catch (error) {
    const { message: reason, remedy } = asFailure(error);
    return { sink: sink.name, delivered: false, attempts: 0, duration: since(), reason, remedy };
  }
  for (let attempt = 1; ; attempt++) {
    const verdict = await post(message, patience.timeout).then(
      (answer) => judgeAnswer(answer, sink.refusal),
      (error: unknown) => judgeError(error),
    );
    if (verdict.delivered) return { sink: sink.name, delivered: true, attempts: attempt, duration: since() };
    if (!verdict.again || attempt > patience.retries) {
      return {
        sink: sink.name,
        delivered: false,
        attempts: attempt,
        duration: since(),
        reason: verdict.reason,
        remedy: remedyFor(verdict),
      };
    }
    const pause = pauseBefore(attempt, verdict.wait, patience.firstPause, Math.random());
    info(`${sink.name}: ${verdict.reason}; trying again in ${formatDuration(pause)}.`);
    await sleep(pause);
  }
}

/** Milliseconds. `chance` from 0 to 1 spreads out those who failed together. */
export function pauseBefore(
  attempt: number,
  asked: number | undefined,
  firstPause: number,
  chance: number,
): number {
  if (asked !== undefined) return Math.min(asked, LONGEST_WAIT);
  return firstPause * 2 ** (attempt - 1) * (0.5 + chance);
}

/** Whether an answer is a delivery, and if not, whether trying again can make it one. */
export function judgeAnswer(answer: Answer, refusal: Sink['refusal']): Verdict {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const reason = refusal(answer);
    return { delivered: reason === undefined, reason: reason ?? '', again: false };
  }
  const word = /^[\w .:-]{1,80}$/.test(answer.body.trim()) ? ` '${answer.body.trim()}'` : '';
  const again = status === 429 || status === 408 || status >= 500;
  return {
    delivered: false,
    reason: `it answered ${status}${word}`,
    again,
    ...(again && answer.retryAfter !== undefined && { wait: answer.retryAfter }),
  };
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name could not be looked up',
  ETIMEDOUT: 'there was no answer in time',
  EHOSTUNREACH: 'its host cannot be reached',
};

/** What went wrong without an answer. Only the error's code is shown: its text may hold the address. */
export function judgeError(error: unknown): Verdict {
  const code = codeOf(error);
  if (/CERT|SIGNATURE|SELF_SIGNED|VERIFY|ERR_TLS/.test(code)) {
    return { delivered: false, reason: `its TLS certificate is not trusted (${code})`, again: false };
  }
  const timeout = error instanceof Error && error.message.startsWith('Request timeout');
  const known = CAUSES[timeout ? 'ETIMEDOUT' : code];
  return {
    delivered: false,
    reason: known ?? `the request failed${code === '' ? '' : ` (${code})`}`,
    again: true,
  };
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^\w+$/.test(code) ? code : '';
}

function remedyFor({ reason, again }: Verdict): string {
  if (again) return 'The receiver is down or too busy: look at its own status, then run this job again.';
  if (/ 3\d\d/.test(reason))
    return 'The address redirects, which is not followed: set the secret to where it leads.';
  if (/ (401|403)/.test(reason))
    return 'Its credentials are refused: make a new webhook or token, and set the secret to it.';
  if (/ (404|410)|no_service|no_team/.test(reason))
    return 'The webhook is gone: make a new one, and set the secret to its address.';
  if (/certificate/.test(reason))
    return 'Give the runner the authority that signed it:  NODE_EXTRA_CA_CERTS  in the job’s env.';
  return 'Check that the address in the secret is that of this kind of receiver.';
}

function asFailure(error: unknown): { readonly message: string; readonly remedy: string } {
  if (error instanceof ActionError) return error;
  return {
    message: 'the message could not be made',
    remedy: 'Run the job again with debug logging on, and report it.',
  };
}
