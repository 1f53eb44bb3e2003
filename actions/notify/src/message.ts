/** What is sent to one sink, ready to go. */
export interface Message {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** The beginning of the body. */
  readonly body: string;
  /** Milliseconds that the receiver asks to wait. */
  readonly retryAfter?: number;
}

/** Why an answer is no delivery; undefined when it is one. */
export type Refusal = (answer: Answer) => string | undefined;

/** A receiver of notifications. */
export interface Sink {
  readonly name: 'slack' | 'webhook' | 'alertmanager';
  /** Makes the message. Throws an ActionError when the sink's address is not usable. */
  readonly message: () => Message;
  readonly refusal: Refusal;
}
