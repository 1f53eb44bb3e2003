import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { GitHub } from './open.js';

export interface SarifUpload {
  readonly owner: string;
  readonly repo: string;
  readonly commitSha: string;
  /** In full: `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** One SARIF 2.1.0 document; GitHub takes 10 MB of it when compressed. */
  readonly sarif: string;
}

/** Hands findings to code scanning, and gives the upload's id; GitHub processes it after it answered. */
export async function uploadSarif(github: GitHub, upload: SarifUpload): Promise<string> {
  const packed = await promisify(gzip)(upload.sarif);
  const { data } = await github.rest.codeScanning.uploadSarif({
    owner: upload.owner,
    repo: upload.repo,
    commit_sha: upload.commitSha,
    ref: upload.ref,
    sarif: packed.toString('base64'),
  });
  return data.id ?? '';
}
