/** What an {@link ActionError} needs beside its message. */
export interface Failure {
  /** The one line or change that mends it, in words the reader can act on. */
  readonly remedy: string;
  /** The error underneath, shown only in debug runs. */
  readonly cause?: unknown;
}

/**
 * A failure that its reader can mend: the message says what happened and why, `remedy` what to change.
 * `code` is stable, for tests and for callers that decide by it.
 */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, { remedy, cause }: Failure) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

/**
 * The text of anything thrown, without its stack. Node wraps what happened to a connection: `fetch failed` hides it in
 * `cause`, and an AggregateError (every address of a host refused) has no text of its own.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'object' ? toText(error) : String(error);
  if (error.message === 'fetch failed' && error.cause instanceof Error) {
    return `fetch failed: ${messageOf(error.cause)}`;
  }
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError) return [...new Set(error.errors.map(messageOf))].join('; ');
  return error.name;
}

/** What is thrown need not be an error, nor have a text at all. */
function toText(thrown: object | null): string {
  try {
    return String(thrown);
  } catch {
    return 'an object without a text was thrown';
  }
}
