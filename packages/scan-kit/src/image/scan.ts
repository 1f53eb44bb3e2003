import { ActionError, formatDuration, info, reportFailure } from '@fairway/action-kit';
import { distinct, type Finding, sorted } from '@fairway/reports/findings';
import type { ImageScanner, ImageScope } from './scope.js';
import { imageSecrets } from './secrets.js';
import { imageVulnerabilities } from './vulnerabilities.js';

/** What can be looked for, by the names that inputs use. */
export type ImageScan = 'secrets' | 'vulnerabilities';

const SCANNERS: Readonly<Record<ImageScan, ImageScanner>> = {
  secrets: imageSecrets,
  vulnerabilities: imageVulnerabilities,
};

/** Every scan's findings. One that cannot run does not hide what the others found; it is named, and fails the gate. */
export async function scanImage(
  scans: readonly ImageScan[],
  scope: ImageScope,
): Promise<{ readonly findings: Finding[]; readonly broken: ImageScan[] }> {
  const findings: Finding[] = [];
  const broken: ImageScan[] = [];
  for (const name of scans) {
    const started = performance.now();
    try {
      const found = await SCANNERS[name](scope);
      findings.push(...found);
      info(`${name}: ${found.length} findings in ${formatDuration(performance.now() - started)}.`);
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      reportFailure(name, error);
      broken.push(name);
    }
  }
  return { findings: sorted(distinct(findings)), broken };
}
