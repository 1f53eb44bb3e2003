import type { Finding } from './finding.js';

/**
 * Remembers since when each finding stands, and says which have outlasted their patience. A finding is the same one as
 * long as workload, container and kind are: a pod that is replaced by another with the same trouble does not start anew.
 */
export class Patience {
  #since = new Map<string, number>();

  /** @param nowMs any clock that only goes forward */
  outlasted(findings: readonly Finding[], nowMs: number): Finding[] {
    const since = new Map<string, number>();
    for (const finding of findings) {
      const key = keyOf(finding);
      since.set(key, this.#since.get(key) ?? nowMs);
    }
    this.#since = since;
    return findings.filter(({ patienceMs, ...finding }) => {
      const begun = since.get(keyOf(finding)) ?? nowMs;
      return patienceMs !== undefined && nowMs - begun >= patienceMs;
    });
  }

  /** Milliseconds until the next finding will have outlasted its patience; undefined when none can. */
  nextMs(findings: readonly Finding[], nowMs: number): number | undefined {
    const left = findings.flatMap(({ patienceMs, ...finding }) => {
      const begun = this.#since.get(keyOf(finding));
      return patienceMs === undefined || begun === undefined ? [] : [Math.max(0, begun + patienceMs - nowMs)];
    });
    return left.length === 0 ? undefined : Math.min(...left);
  }
}

function keyOf({ code, workload, namespace, container }: Omit<Finding, 'patienceMs'>): string {
  return [code, namespace, workload, container].join('|');
}
