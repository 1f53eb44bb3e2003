import type { Outputs } from '@fairway/action-kit';

/** What the outputs hold until something better is known. */
export const OUTPUTS = {
  digest: '',
  reference: '',
  tags: '',
  labels: '',
  metadata: '{}',
  pushed: false,
  size: 0,
  'cache-hits': 0,
  steps: 0,
  provenance: '',
  sbom: '',
  'sbom-path': '',
  'provenance-path': '',
  packages: 0,
  'scan-result': '',
  findings: 0,
  'sarif-path': '',
  layout: '',
  signature: '',
  images: '{}',
  names: '',
  references: '',
  dockerfile: '',
  result: 'failure',
};

export type Out = Outputs<typeof OUTPUTS & { pushed: boolean; result: string }>;
