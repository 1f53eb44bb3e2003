/** How bad a finding is, worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** One thing that a scanner found, whichever scanner it was. Its texts come from outside: hostile. */
export interface Finding {
  readonly scanner: string;
  /** The scanner's own name for the kind of finding, as in `DL3008` or `aws-access-token`. */
  readonly rule: string;
  readonly severity: Severity;
  /** One line, without the secret itself. */
  readonly message: string;
  /** Where the rule is explained. */
  readonly help?: string;
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** Where in an image, without the first `/`; undefined for what is in the repository itself. */
  readonly inside?: string;
  /** From 1. */
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn?: number;
  /**
   * The same for the same finding in later runs, also when lines above it come or go. Two of one rule in one file may
   * share it.
   */
  readonly fingerprint: string;
}

/** The severities that `threshold` lets through the gate are those below it. */
export function reaches(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}

/** Worst first, then by place, so that the same findings always come in the same order. */
export function sorted(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.path, b.path) ||
      a.startLine - b.startLine ||
      compare(a.rule, b.rule),
  );
}

/** One finding of each fingerprint and place: a second pass may report the same, and the same may be wrong on two lines. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const key = ({ scanner, fingerprint, startLine, startColumn }: Finding) =>
    [scanner, fingerprint, startLine, startColumn].join('\0');
  return [...new Map(findings.map((finding) => [key(finding), finding])).values()];
}

export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
