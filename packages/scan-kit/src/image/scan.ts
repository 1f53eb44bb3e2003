import { type Collected, collect } from '../collect.js';
import type { ImageScanner, ImageScope } from './scope.js';
import { imageSecrets } from './secrets.js';
import { imageVulnerabilities } from './vulnerabilities.js';

/** What can be looked for, by the names that inputs use. */
export type ImageScan = 'secrets' | 'vulnerabilities';

const SCANNERS: Readonly<Record<ImageScan, ImageScanner>> = {
  secrets: imageSecrets,
  vulnerabilities: imageVulnerabilities,
};

/** Every scan's findings in an image. */
export function scanImage(scans: readonly ImageScan[], scope: ImageScope): Promise<Collected<ImageScan>> {
  return collect(scans, (name) => SCANNERS[name](scope));
}
