import { ActionError, flag, lines, oneOf, secret, text, workspacePath } from '@fairway/action-kit';
import type { FailOn } from '@fairway/scan-kit';
import type { ImageScan } from '@fairway/scan-kit/image';

/** What the image is scanned for before it is pushed. */
export interface ScanInputs {
  readonly scans: readonly ImageScan[];
  readonly failOn: FailOn;
  /** Absolute, or empty. */
  readonly waivers: string;
  readonly uploadSarif: boolean;
  readonly token: string;
  readonly mirror: string;
}

const SCANS = ['secrets', 'vulnerabilities'] as const;

/** @throws ActionError 'bad-input' */
export function readScans(): ScanInputs {
  const wanted = lines('scan').flatMap((line) => line.split(/[\s,]+/).filter(Boolean));
  return {
    scans: wanted.map(scanIn),
    failOn: oneOf('scan-fail-on', ['critical', 'high', 'medium', 'low', 'info', 'never'], {
      default: 'high',
    }),
    waivers: workspacePath('waivers'),
    uploadSarif: flag('upload-sarif', true),
    token: secret('token'),
    mirror: text('mirror'),
  };
}

function scanIn(name: string): ImageScan {
  const known = SCANS.find((scan) => scan === name);
  if (known !== undefined) return known;
  throw new ActionError(
    'bad-input',
    `The input 'scan' names '${name.slice(0, 80)}', which is none of ${SCANS.join(', ')}.`,
    {
      remedy: 'Write one a line, spelled as here; for a scanner of your own there is  scan-command',
    },
  );
}
