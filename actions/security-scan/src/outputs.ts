/** The outputs before anything was scanned. */
export const NOTHING = {
  result: 'failed',
  findings: 0,
  critical: 0,
  high: 0,
  medium: 0,
  low: 0,
  waived: 0,
  'sarif-path': '',
};

export type ScanOutputs = {
  -readonly [K in keyof typeof NOTHING]: (typeof NOTHING)[K] extends string ? string : number;
};
