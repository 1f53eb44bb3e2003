import type { Outputs } from '@fairway/action-kit';

/** The outputs before anything happened: what they stay at when the action fails early. */
export const untouched = {
  result: 'failed',
  revision: '',
  'previous-revision': '',
  changed: 0,
  images: '{}',
  url: '',
  reason: '',
  'rollback-command': '',
  namespace: '',
  removed: '[]',
  requests: '',
  failed: '',
  'recovery-ms': '',
};

export type DeployOutputs = Outputs<typeof untouched>;

/** For an output, which is one line. */
export function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 500) ?? '';
}
