import { ActionError, debug, messageOf } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { type RegistryClient, type Request, retryDelay } from './client.js';
import { refuseUnless } from './refusal.js';

/** What is sent. */
export interface Blob {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly body: NonNullable<Request['body']>;
}

/**
 * Puts a blob where the registry lacks it. A broken upload is begun anew, for where the old one stood is the registry's
 * secret; and looked for first, for it may be that only the answer was lost.
 * @throws ActionError 'registry-busy'
 */
export async function sendBlob(client: RegistryClient, blob: Blob): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const known = await client.ask({ method: 'HEAD', path: `blobs/${blob.digest}` });
    if (known.status === 200) return;
    const problem = await upload(client, blob).catch((error: unknown) => passing(error));
    if (problem === undefined) return;
    if (attempt >= client.attempts) {
      throw new ActionError('registry-busy', `The blob ${blob.digest} could not be uploaded: ${problem}`, {
        remedy:
          'Run the job again. If it stays, look at the registry’s status page, or give more  retries: 5',
      });
    }
    debug(`${blob.digest}: ${problem}; uploading it again`);
    await pause(retryDelay(attempt, undefined));
  }
}

/** @returns what went wrong and may pass, or undefined when the blob is there */
async function upload(client: RegistryClient, blob: Blob): Promise<string | undefined> {
  const begun = await client.ask({
    method: 'POST',
    path: 'blobs/uploads/',
    headers: { 'content-length': 0 },
  });
  refuseUnless(begun, 202, 'beginning an upload');
  const place = new URL(client.url(begun.headers.location ?? ''));
  place.searchParams.set('digest', blob.digest);
  const answer = await client.ask({
    method: 'PUT',
    path: place.href,
    headers: { 'content-type': 'application/octet-stream', 'content-length': blob.size },
    body: blob.body,
    once: true,
  });
  if (answer.status === 429 || answer.status >= 500 || answer.status === 404 || answer.status === 416) {
    return `the registry answered ${answer.status}`;
  }
  refuseUnless(answer, 201, 'an upload');
  return undefined;
}

function passing(error: unknown): string {
  // What the registry refused for good is an ActionError with another code; a broken connection is worth a second try.
  if (error instanceof ActionError && error.code !== 'registry-unreachable') throw error;
  return messageOf(error);
}
