import { badAnalysis } from './fields.js';

/** One of the two versions that are compared, as queries and commands name it. */
export interface Version {
  readonly namespace: string;
  readonly release: string;
  /** Names of its Deployments. */
  readonly workloads: readonly string[];
  /** Names of its pods, now. */
  readonly pods: readonly string[];
  /** The value of the label fairway-ci.github.io/track; empty for a version without one. */
  readonly track: string;
}

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const NAMES = ['namespace', 'release', 'workload', 'pods', 'track'] as const;

/** @throws ActionError 'bad-analysis' for a placeholder that there is none of */
export function checkPlaceholders(query: string, place: string): void {
  for (const [, name = ''] of query.matchAll(PLACEHOLDER)) {
    if ((NAMES as readonly string[]).includes(name)) continue;
    const known = NAMES.map((one) => `{{${one}}}`).join(', ');
    throw badAnalysis(`${place} has the placeholder {{${name.slice(0, 40)}}}; there are ${known}`);
  }
}

/**
 * Puts a version into a query. `{{pods}}` and `{{workload}}` become anchored-safe alternatives for `=~` of PromQL, or
 * the list that Datadog's `IN (…)` takes; the names are DNS names, so nothing in them can end a string or a list.
 */
export function fill(
  query: string,
  version: Version,
  many: (names: readonly string[]) => string = anyOf,
): string {
  const values: Readonly<Record<string, string>> = {
    namespace: version.namespace,
    release: version.release,
    workload: many(version.workloads),
    pods: many(version.pods),
    track: version.track,
  };
  return query.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole);
}

/** Names as the list of Datadog's `IN (…)`; one alone is the value of a tag as it is. */
export function listed(names: readonly string[]): string {
  return names.join(',');
}

/** A regular expression that matches the names and nothing else; a dot as a class, which needs no escaping in a string. */
function anyOf(names: readonly string[]): string {
  return names.map((name) => name.replaceAll('.', '[.]')).join('|');
}
