import { createHash } from 'node:crypto';
import { nothingAfterChecks, nothingTouched, type Scenario } from './scenario.js';

/**
 * A string that a scanner must take for an AWS key, made when it is needed: written out here, it would be found in
 * this repository, and rightly. It was never a key of anybody's.
 */
export function plantedKey(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const digest = createHash('sha256').update('fairway leaked-secret scenario').digest();
  return ['AK', 'IA', ...[...digest.subarray(0, 16)].map((byte) => alphabet[byte % alphabet.length])].join(
    '',
  );
}

/** A key is committed: nothing is built, and the key is in no log and no message. */
export const leakedSecret: Scenario = {
  name: 'leaked-secret',
  title: 'A key is committed: nothing is built',
  message: 'Keep backups in the bucket',
  edits: [
    {
      file: 'src/backup-target.ts',
      change: () => `export const backupAccessKeyId = '${plantedKey()}';\n`,
    },
  ],
  afterRelease: false,
  secrets: {},
  results: { ...nothingAfterChecks, Security: 'failure' },
  assertions: [
    ...nothingTouched,
    { kind: 'says', stage: 'Security', words: ['src/backup-target.ts'] },
    { kind: 'never-shown', what: 'the key', text: plantedKey() },
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
