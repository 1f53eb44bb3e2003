import type { Edit } from '../engine/consumer.js';

const folder = 'deploy/overlays';

/** The overlay with its photos on one volume that all pods share, so that there may be several of them. */
function sharesPhotos(environment: string): Edit {
  return {
    file: `${folder}/${environment}/kustomization.yaml`,
    change: (before) => before.replace('components/pod-data', 'components/shared-data'),
  };
}

/**
 * What the team has set in its repository before the first push, as the photo app's README tells: a shared volume, and a
 * canary in production. Staging rolls: GitHub would let it be said by a variable of the environment, which act does not
 * know, so it is said in the manifests. Prometheus scrapes every two seconds here, so the analysis may look back for
 * seconds instead of minutes.
 */
export const teamSetup: readonly Edit[] = [
  sharesPhotos('production'),
  sharesPhotos('staging'),
  {
    file: `${folder}/staging/kustomization.yaml`,
    change: (before) =>
      [
        before.trimEnd(),
        'patches:',
        '  - target: { kind: Deployment }',
        '    patch: |-',
        '      - op: add',
        '        path: /metadata/annotations',
        '        value: { fairway-ci.github.io/strategy: rolling }',
        '',
      ].join('\n'),
  },
  {
    // A machine of two cores, on which the cluster itself and the visitors run as well, gives no pod 400m for long.
    file: 'deploy/base/horizontal-pod-autoscaler.yaml',
    change: (before) => before.replace('averageValue: 400m', 'averageValue: 120m'),
  },
  {
    file: 'deploy/analysis.yaml',
    change: (before) =>
      before
        .replace(/^interval: .*$/m, 'interval: 2s')
        .replace(/^delay: .*$/m, 'delay: 8s')
        .replaceAll('[1m]', '[10s]'),
  },
];

/** How the team tells the flow to take over in production. */
export const teamVariables: Readonly<Record<string, string>> = {
  FAIRWAY_STRATEGY: 'canary',
  FAIRWAY_STEPS: '33,100',
  FAIRWAY_STEP_DURATION: '8s',
  FAIRWAY_ANALYSIS: 'deploy/analysis.yaml',
};
