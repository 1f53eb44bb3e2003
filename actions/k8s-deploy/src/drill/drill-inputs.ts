import { ActionError, duration, integer, lines, oneOf, text } from '@fairway/action-kit';
import type { SmokeTest } from '../smoke-target.js';

export const DISTURBANCES = ['pods', 'drain'] as const;
export type DisturbanceKind = (typeof DISTURBANCES)[number];

export const CONNECTIONS = ['both', 'kept', 'new'] as const;

/** What a drill does, and under which load. Durations in milliseconds. */
export interface DrillPlan {
  /** Requests a second, all targets together. */
  readonly rate: number;
  /** The load goes on at least this long. */
  readonly durationMs: number;
  readonly connections: (typeof CONNECTIONS)[number];
  readonly disturbances: readonly DisturbanceKind[];
  /** The most pods of a workload that are deleted. */
  readonly pods: number;
  /** Named workloads; empty: those behind the Services of the smoke tests. */
  readonly targets: readonly WorkloadName[];
}

export interface WorkloadName {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
}

/** @throws ActionError 'bad-input' */
export function readDrill(smokeTests: readonly SmokeTest[]): DrillPlan {
  if (smokeTests.length === 0) {
    throw new ActionError(
      'bad-input',
      "With 'mode: drill' the input 'smoke-test' says what is asked, and it is empty.",
      {
        remedy: "Add  smoke-test: service/photo-app:80/healthz  (or an https:// address) under 'with:'.",
      },
    );
  }
  return {
    rate: integer('drill-rate', { min: 1, max: 1_000, default: 50 }),
    durationMs: duration('drill-duration', { default: '1m' }),
    connections: oneOf('drill-connections', CONNECTIONS, { default: 'both' }),
    disturbances: parseDisturbances(text('drill-disturb', { default: 'pods,drain' })),
    pods: integer('drill-pods', { min: 1, max: 1_000, default: 3 }),
    targets: lines('drill-target').map(parseWorkload),
  };
}

/** @throws ActionError 'bad-input' */
export function parseDisturbances(given: string): DisturbanceKind[] {
  const words = given.split(/[\s,]+/).filter((word) => word !== '');
  const found = DISTURBANCES.filter((kind) => words.includes(kind));
  const stray = words.find((word) => !DISTURBANCES.some((kind) => kind === word));
  if (stray === undefined && found.length > 0) return found;
  throw new ActionError('bad-input', `The input 'drill-disturb' is '${given.slice(0, 200)}'.`, {
    remedy: "Write 'pods' (delete pods), 'drain' (drain a node), or both with a comma between.",
  });
}

/** @throws ActionError 'bad-input' */
export function parseWorkload(line: string): WorkloadName {
  const [, kind = '', name = ''] =
    /^(deployment|statefulset)\/([a-z0-9][a-z0-9.-]{0,252})$/i.exec(line) ?? [];
  if (name !== '') return { kind: kind.toLowerCase() === 'deployment' ? 'Deployment' : 'StatefulSet', name };
  throw new ActionError('bad-input', `The input 'drill-target' has the line '${line.slice(0, 200)}'.`, {
    remedy: 'Write deployment/NAME or statefulset/NAME.',
  });
}
