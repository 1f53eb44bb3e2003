import { badImage } from './bad-image.js';
import { badMetrics } from './bad-metrics.js';
import { canary } from './canary.js';
import { coverageFalls } from './coverage-falls.js';
import { crashLoop } from './crash-loop.js';
import { drill } from './drill.js';
import { flakyTest } from './flaky-test.js';
import { foreignImage } from './foreign-image.js';
import { fork } from './fork.js';
import { green } from './green.js';
import { interrupted } from './interrupted.js';
import { leakedSecret } from './leaked-secret.js';
import { leakyImage } from './leaky-image.js';
import { preview } from './preview.js';
import { pullRequest } from './pull-request.js';
import { quota } from './quota.js';
import { redTest } from './red-test.js';
import { rollback } from './rollback.js';
import type { Scenario } from './scenario.js';
import { sinkDown } from './sink-down.js';
import { spike } from './spike.js';
import { uncovered } from './uncovered.js';

/** Every scenario, in the order in which `npm run e2e` plays them on one set of services. */
export const scenarios: readonly Scenario[] = [
  green,
  canary,
  flakyTest,
  redTest,
  uncovered,
  leakedSecret,
  leakyImage,
  pullRequest,
  coverageFalls,
  fork,
  preview,
  crashLoop,
  badImage,
  quota,
  interrupted,
  rollback,
  drill,
  foreignImage,
  sinkDown,
  badMetrics, // nothing after it may look at staging, which keeps that version
  spike, // and nothing after it has only two pods in production
];

/** The good releases that have to run before a scenario, in their order. Pure. */
export function releasesBefore({ afterRelease, afterSecond }: Scenario): readonly Scenario[] {
  if (!afterRelease) return [];
  return afterSecond ? [green, canary] : [green];
}

/** The scenario of a name; undefined when there is none. */
export function scenarioOf(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

export type { Scenario };
export { canary, green };
