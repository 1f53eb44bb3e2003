import { pause } from '@fairway/exec-kit';
import type { SmokeTest } from '../smoke-target.js';
import type { CONNECTIONS } from './drill-inputs.js';
import { type Ask, REQUEST_MS } from './requester.js';
import { Tally } from './tally.js';

/** What is asked, over which connections. */
export interface Lane {
  readonly test: SmokeTest;
  readonly connection: 'kept' | 'new';
  readonly ask: Ask;
}

/** The lanes that take turns. Through the API server the pods see the API server's connections only: one lane. */
export function lanesOf(
  asks: ReadonlyMap<SmokeTest, Ask>,
  connections: (typeof CONNECTIONS)[number],
): Lane[] {
  const kinds: readonly Lane['connection'][] = connections === 'both' ? ['kept', 'new'] : [connections];
  const kindsFor = ({ via }: SmokeTest) => (via === 'service' ? (['kept'] as const) : kinds);
  return [...asks].flatMap(([test, ask]) => kindsFor(test).map((connection) => ({ test, ask, connection })));
}

/** After a stall of the runner at most so much is made up for, in milliseconds of load. */
const CATCH_UP_MS = 250;
/** Timers are no finer. */
const TICK_MS = 5;

/**
 * Sends requests at a steady rate, whether or not the ones before were answered: a load that waits for answers would
 * ask least while the service is at its worst.
 */
export class Load {
  readonly tally = new Tally();
  readonly #lanes: readonly Lane[];
  readonly #rate: number;
  readonly #began = performance.now();
  #due = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param rate requests a second */
  constructor(lanes: readonly Lane[], rate: number) {
    this.#lanes = lanes;
    this.#rate = rate;
  }

  /** Milliseconds since the load began. */
  get nowMs(): number {
    return performance.now() - this.#began;
  }

  start(): void {
    this.#timer = setInterval(() => this.#sendDue(), TICK_MS);
  }

  /** Sends no more. */
  halt(): void {
    clearInterval(this.#timer);
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.halt();
    const until = performance.now() + REQUEST_MS + 1_000;
    while (this.tally.open > 0 && performance.now() < until) await pause(20);
  }

  #sendDue(): void {
    const due = Math.floor((this.nowMs * this.#rate) / 1_000);
    const late = due - this.#due - Math.max(1, Math.ceil((CATCH_UP_MS * this.#rate) / 1_000));
    if (late > 0) {
      this.tally.skipped += late;
      this.#due += late;
    }
    for (; this.#due < due; this.#due++) this.#send();
  }

  #send(): void {
    const lane = this.#lanes[this.tally.sent % this.#lanes.length];
    if (lane === undefined) return;
    const atMs = this.nowMs;
    const request = { atMs, target: lane.test.label, connection: lane.connection };
    this.tally.begin(atMs);
    void lane.ask(lane.connection === 'new').then((answered) => {
      this.tally.end(request, answered, this.nowMs - atMs);
    });
  }
}
