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

/** The text of anything thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
