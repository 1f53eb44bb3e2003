import { at, number } from '@fairway/action-kit/tree';
import { scales } from '../apply/scale.js';
import { type KubeObject, labelOf } from '../cluster/object.js';

/** Something that keeps a release from growing, or from surviving what it should survive. */
export interface Concern {
  /** Stable, for tests: `quota`, `budget-blocks` … */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** A workload with the numbers of pods between which it may be. */
export interface Sizing {
  readonly workload: KubeObject;
  readonly label: string;
  /** What an autoscaler goes down to; the replicas without one. */
  readonly least: number;
  readonly most: number;
  readonly scaler: KubeObject | undefined;
}

/** The release's workloads that have replicas, with the autoscalers that the release has for them. */
export function sizingsOf(objects: readonly KubeObject[]): Sizing[] {
  return objects.filter(isReplicated).map((workload) => {
    const scaler = objects.find((candidate) => scales(candidate, workload));
    const replicas = number(at(workload, 'spec', 'replicas'), 1);
    const least = scaler ? number(at(scaler, 'spec', 'minReplicas'), 1) : replicas;
    const most = scaler ? number(at(scaler, 'spec', 'maxReplicas'), replicas) : replicas;
    return { workload, label: labelOf(workload), least, most, scaler };
  });
}

function isReplicated({ apiVersion, kind }: KubeObject): boolean {
  return apiVersion === 'apps/v1' && (kind === 'Deployment' || kind === 'StatefulSet');
}

/** Where the number of pods is written. */
export function numberOf({ scaler, label }: Sizing): string {
  return scaler ? `HorizontalPodAutoscaler ${scaler.metadata.name}` : label;
}
