import { string, tree } from '@fairway/scan-kit';
import { BASELINE } from './baseline.js';
import { podOf } from './pod.js';
import { RESTRICTED } from './restricted.js';

/** A breach of one control of Kubernetes' Pod Security Standards. */
export interface Breach {
  readonly control: string;
  readonly level: 'baseline' | 'restricted';
  readonly message: string;
}

/**
 * Checks a pod template against both levels. A pod for Windows is not held to what only Linux has.
 * Source: Kubernetes documentation, "Pod Security Standards", on `.spec.os.name`.
 */
export function breachesOf(template: unknown): Breach[] {
  const pod = podOf(template);
  const windows = string(tree(pod.spec.os).name) === 'windows';
  const controls = [...BASELINE, ...RESTRICTED].filter(({ linuxOnly }) => !(windows && linuxOnly));
  return controls.flatMap((control) =>
    control.breaches(pod).map((message) => ({ control: control.name, level: control.level, message })),
  );
}
