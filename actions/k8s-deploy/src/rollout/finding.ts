/** What stands in the way of a rollout, as far as the API shows it. */
export interface Finding {
  /** Stable, for tests and for counting: `image-not-found`, `crash-loop` … */
  readonly code: string;
  /** `Deployment photo-app` */
  readonly workload: string;
  readonly namespace: string;
  readonly pod?: string;
  readonly container?: string;
  /** What happened and why, in one line, without the place. */
  readonly message: string;
  readonly remedy: string;
  /**
   * Milliseconds that it may last before the release counts as broken: 0 is what cannot heal, undefined what may take
   * its time (it explains a timeout).
   */
  readonly patienceMs: number | undefined;
}

/** The finding in a sentence with its place. */
export function sentence(finding: Finding): string {
  const place = [
    finding.container === undefined ? '' : `container ${finding.container} of `,
    finding.pod === undefined ? '' : `pod ${finding.pod}: `,
  ].join('');
  return `${finding.workload}: ${place}${finding.message}`;
}
