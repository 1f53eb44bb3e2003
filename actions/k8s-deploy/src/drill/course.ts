import { formatDuration, info } from '@fairway/action-kit';
import type { KubeObject } from '../cluster/object.js';
import type { Load } from './load.js';
import type { Recovery } from './recovery.js';

/** One disturbance, from its beginning to the beginning of the next. Times in milliseconds since the load began. */
export interface Disturbance {
  readonly what: string;
  readonly workload: KubeObject;
  readonly atMs: number;
  readonly endMs: number;
  readonly recovery: Recovery;
}

/** A disturbance that was not made, because its end is known: an outage, or a drain that hangs. */
export interface Foreseen {
  readonly reason: string;
  readonly remedy: string;
}

/** What happened in a drill, as it happens. */
export class Course {
  readonly load: Load;
  readonly disturbances: Disturbance[] = [];
  readonly foreseen: Foreseen[] = [];
  readonly moments: { readonly atMs: number; readonly what: string }[] = [];

  constructor(load: Load) {
    this.load = load;
  }

  readonly tell = (what: string): void => {
    const atMs = this.load.nowMs;
    this.moments.push({ atMs, what });
    info(`${formatDuration(atMs).padStart(9)}  ${what}`);
  };

  /** What ended the drill before all of it was done; undefined while nothing did. */
  get problem(): Foreseen | undefined {
    return this.disturbances.find(({ recovery }) => recovery.problem !== undefined)?.recovery.problem;
  }

  get hasLost(): boolean {
    return this.load.tally.lost.length > 0;
  }

  /** The longest that a workload was less than whole, in milliseconds; 0 when it never was. */
  get longestMs(): number {
    return Math.round(Math.max(0, ...this.disturbances.map(({ recovery }) => recovery.readyMs ?? 0)));
  }

  get hasPassed(): boolean {
    return !this.hasLost && this.problem === undefined && this.foreseen.length === 0;
  }
}
