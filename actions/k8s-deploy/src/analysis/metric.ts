import type { SmokeTest } from '../smoke-target.js';
import type { DatadogQuestion } from './datadog.js';

/** One thing that is measured while a new version is on trial, and what it may be. */
export interface Metric {
  readonly name: string;
  readonly source: Source;
  readonly limits: Limits;
  /** Samples with data without which there is no verdict. */
  readonly minimumSamples: number;
  /** Bad samples that are forgiven in each step. */
  readonly failures: number;
}

export type Source =
  /** PromQL that gives one number; asked once for the new version and, where it is compared, once for the stable one. */
  | { readonly kind: 'prometheus'; readonly query: string }
  /** A question about metrics in Datadog; asked in the same way. */
  | ({ readonly kind: 'datadog' } & DatadogQuestion)
  /** 2xx is good; the value is the milliseconds until the answer began. */
  | { readonly kind: 'http'; readonly target: SmokeTest }
  /** Exit code 0 is good; with limits, the number on standard output is the value. */
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly timeoutMs: number }
  /** How often containers of the new version have died; always measured, from the API server. */
  | { readonly kind: 'restarts' }
  /** Pods of the new version that are not ready; always measured. */
  | { readonly kind: 'unready' }
  /** Pods of the stable Deployment that came during the trial, from a template that was not the stable one. */
  | { readonly kind: 'strangers' };

/** Whether a source is a query over what a version did with requests, and can be asked of both versions. */
export function isQuery({ kind }: Source): boolean {
  return kind === 'prometheus' || kind === 'datadog';
}

export function queriesOf(source: Source): readonly string[] {
  if (source.kind === 'prometheus') return [source.query];
  return source.kind === 'datadog' ? Object.values(source.queries) : [];
}

export interface Limits {
  readonly max?: number;
  readonly min?: number;
  readonly stable?: StableLimits;
}

/** Limits relative to the stable version at the same moment: stable × ratio, give or take the margin. */
export interface StableLimits {
  readonly maxRatio?: number;
  readonly minRatio?: number;
  readonly margin: number;
}

export interface AnalysisPlan {
  /** Milliseconds between two samples. */
  readonly intervalMs: number;
  /** Milliseconds before the first sample of a step: until scrapes and rate windows know the new pods. */
  readonly delayMs: number;
  /** Milliseconds of sampling in each step; undefined: as long as the step lasts. */
  readonly durationMs: number | undefined;
  /** X-Scope-OrgID of Mimir, THANOS-TENANT of Thanos; empty for none. */
  readonly tenant: string;
  readonly metrics: readonly Metric[];
}
