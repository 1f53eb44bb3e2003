import { ActionError, duration, flag, lines, oneOf, secret, text, workspacePath } from '@fairway/action-kit';

export const SCANNERS = ['gitleaks', 'zizmor', 'hadolint', 'pod-security'] as const;

export type ScannerName = (typeof SCANNERS)[number];

export interface Inputs {
  readonly scanners: readonly ScannerName[];
  /** Absolute. */
  readonly folder: string;
  readonly failOn: 'critical' | 'high' | 'medium' | 'low' | 'info' | 'never';
  readonly manifests: readonly string[];
  readonly kustomize: readonly string[];
  /** Absolute, or empty when the default file is not there. */
  readonly waivers: string;
  readonly sarifFile: string;
  readonly uploadSarif: boolean;
  readonly comment: boolean;
  readonly mirror: string;
  readonly timeoutMs: number;
  readonly token: string;
}

export function readInputs(): Inputs {
  return {
    scanners: scannersIn(lines('scanners')),
    folder: workspacePath('working-directory', { default: '.', mustExist: true }),
    failOn: oneOf('fail-on', ['critical', 'high', 'medium', 'low', 'info', 'never'], { default: 'high' }),
    manifests: lines('manifests'),
    kustomize: lines('kustomize'),
    waivers: workspacePath('waivers'),
    sarifFile: workspacePath('sarif-file'),
    uploadSarif: flag('upload-sarif', true),
    comment: flag('comment', true),
    mirror: text('mirror'),
    timeoutMs: duration('timeout', { default: '10m' }),
    token: secret('token'),
  };
}

function scannersIn(names: readonly string[]): ScannerName[] {
  if (names.length === 0) {
    throw new ActionError('bad-input', `The input 'scanners' is empty: nothing would be looked at.`, {
      remedy: `Leave it out for all of them, or name one a line: ${SCANNERS.join(', ')}.`,
    });
  }
  return [...new Set(names)].map((name) => {
    const known = SCANNERS.find((scanner) => scanner === name);
    if (known) return known;
    throw new ActionError(
      'bad-input',
      `The input 'scanners' names '${name}', which is none of ${SCANNERS.join(', ')}.`,
      {
        remedy: 'Write one scanner a line, spelled as here.',
      },
    );
  });
}
