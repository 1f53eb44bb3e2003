import type { Answered } from './requester.js';

/** A request that was lost. */
export interface Lost {
  /** When it was sent, in milliseconds since the load began. */
  readonly atMs: number;
  /** The line of the input `smoke-test`. */
  readonly target: string;
  readonly connection: 'kept' | 'new';
  readonly failure: string;
}

/** What became of the requests. A request belongs to the moment in which it was sent. */
export class Tally {
  sent = 0;
  /** Sent and not answered yet. */
  open = 0;
  /** Repeated on a new connection, because an idle one had been closed. */
  repeated = 0;
  /** Not sent, since the runner itself was too busy. */
  skipped = 0;
  readonly lost: Lost[] = [];
  /** When each request was sent, in milliseconds since the load began; rising. */
  readonly #sentAt: number[] = [];
  readonly #answerMs: number[] = [];

  begin(atMs: number): void {
    this.sent++;
    this.open++;
    this.#sentAt.push(atMs);
  }

  end(request: Omit<Lost, 'failure'>, answered: Answered, tookMs: number): void {
    this.open--;
    if (answered.repeated) this.repeated++;
    if (answered.failure === undefined) this.#answerMs.push(tookMs);
    else this.lost.push({ ...request, failure: answered.failure });
  }

  /** Requests sent in a stretch of time, and those of them that were lost. */
  between(fromMs: number, toMs: number): { readonly sent: number; readonly lost: readonly Lost[] } {
    const within = (atMs: number) => atMs >= fromMs && atMs < toMs;
    return { sent: this.#sentAt.filter(within).length, lost: this.lost.filter(({ atMs }) => within(atMs)) };
  }

  /** The time within which this share of the answers came, in milliseconds; undefined without any. */
  answeredWithin(share: number): number | undefined {
    const sorted = this.#answerMs.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  }
}

/** Failures of one sort, counted. */
export interface Loss {
  readonly failure: string;
  readonly target: string;
  readonly kept: number;
  readonly fresh: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Lost requests by what went wrong, the most frequent first. Pure. */
export function losses(lost: readonly Lost[]): Loss[] {
  const groups = Map.groupBy(lost, ({ target, failure }) => `${target}\n${failure}`);
  return [...groups.values()]
    .map((members) => {
      const times = members.map(({ atMs }) => atMs);
      const kept = members.filter(({ connection }) => connection === 'kept').length;
      return {
        failure: members[0]?.failure ?? '',
        target: members[0]?.target ?? '',
        kept,
        fresh: members.length - kept,
        firstMs: Math.min(...times),
        lastMs: Math.max(...times),
      };
    })
    .toSorted((a, b) => b.kept + b.fresh - (a.kept + a.fresh));
}
