import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError, formatDuration, info } from '@fairway/action-kit';
import type { Answer, Message, Sink } from './message.js';
import { judgeAnswer, judgeError, remedyFor } from './verdict.js';

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

/** The longest wait between two tries, whoever asks for it, in milliseconds. */
const LONGEST_WAIT = 60_000;

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
  return Math.min(firstPause * 2 ** (attempt - 1) * (0.5 + chance), LONGEST_WAIT);
}

function asFailure(error: unknown): { readonly message: string; readonly remedy: string } {
  if (error instanceof ActionError) return error;
  return {
    message: 'the message could not be made',
    remedy: 'Run the job again with debug logging on, and report it.',
  };
}
