import type { Answer, Sink } from './message.js';

/** How one try ended. */
export interface Verdict {
  readonly delivered: boolean;
  readonly reason: string;
  readonly again: boolean;
  /** Milliseconds that the receiver asks to wait. */
  readonly wait?: number;
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

/** What mends a sink that was given up. */
export function remedyFor({ reason, again }: Verdict): string {
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
