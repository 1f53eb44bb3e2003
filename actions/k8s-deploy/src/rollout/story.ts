import { formatDuration, info } from '@fairway/action-kit';
import { keyOf, labelOf } from '../cluster/object.js';
import type { Standing } from './assess.js';
import { sentence } from './finding.js';

/** A line of the rollout's story. */
export interface Moment {
  readonly atMs: number;
  readonly object: string;
  readonly detail: string;
}

/** Tells each change of an object's standing once, in the log and for the summary. */
export class Story {
  readonly moments: Moment[] = [];
  readonly #told = new Map<string, string>();

  tell(standings: readonly Standing[], atMs: number): void {
    for (const { object, detail, findings } of standings) {
      const [worst] = findings.toSorted((a, b) => (a.patienceMs ?? Infinity) - (b.patienceMs ?? Infinity));
      const text = worst ? `${detail}; ${sentence(worst).slice(labelOf(object).length + 2)}` : detail;
      const key = keyOf(object);
      if (text === '' || this.#told.get(key) === text) continue;
      this.#told.set(key, text);
      this.moments.push({ atMs, object: labelOf(object), detail: text });
      info(`${formatDuration(atMs).padStart(9)}  ${labelOf(object)}: ${text}`);
    }
  }
}
