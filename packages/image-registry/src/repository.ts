import { createHash } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { sendBlob } from './blob-upload.js';
import type { Answer, RegistryClient } from './client.js';
import type { ContentStore } from './image-content.js';
import { MANIFEST_TYPES } from './manifest.js';
import { denied, refuseUnless } from './refusal.js';

/** What is asked of a repository, in its own words. */
export class Repository implements ContentStore {
  readonly #client: RegistryClient;

  constructor(client: RegistryClient) {
    this.#client = client;
  }

  /** A manifest by digest or tag; undefined when there is none. */
  async find(reference: string): Promise<{ readonly text: string; readonly digest: string } | undefined> {
    const path = `manifests/${reference}`;
    const answer = await this.#client.ask({ method: 'GET', path, headers: { accept: MANIFEST_TYPES } });
    if (answer.status === 404) return undefined;
    refuseUnless(answer, 200, `reading ${reference}`);
    const digest = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
    if (reference.startsWith('sha256:') && digest !== reference) {
      throw new ActionError(
        'registry-corrupt',
        `The registry gave something else for ${reference}: it has the digest ${digest}.`,
        {
          remedy:
            'Do not use this image. Look at what stands between the builder and the registry (a proxy, a mirror).',
        },
      );
    }
    return { text: answer.body, digest };
  }

  async manifest(digest: string): Promise<string> {
    const found = await this.find(digest);
    if (found !== undefined) return found.text;
    throw new ActionError('registry-missing', `The registry does not have ${digest}.`, {
      remedy:
        'Check that the image was pushed to this very repository; some registries clear untagged images away.',
    });
  }

  async blob(digest: string): Promise<string> {
    const answer = await this.#client.ask({ method: 'GET', path: `blobs/${digest}` });
    refuseUnless(answer, 200, `reading ${digest}`);
    return answer.body;
  }

  /** Every tag, through all pages; none where the repository does not exist yet. Source: OCI distribution, "Listing Tags". */
  async tags(): Promise<string[]> {
    const names: string[] = [];
    let path: string | undefined = 'tags/list?n=1000';
    for (let page = 0; path !== undefined && page < 100; page++) {
      const answer: Answer = await this.#client.ask({ method: 'GET', path });
      if (answer.status === 404) return [];
      refuseUnless(answer, 200, 'listing its tags');
      const { tags } = JSON.parse(answer.body) as { tags?: unknown };
      if (Array.isArray(tags)) names.push(...tags.filter((tag) => typeof tag === 'string'));
      path = nextPage(answer.headers.link);
    }
    return names;
  }

  /**
   * Learns in a moment, and before an hour's build, whether these credentials may push: an upload is opened and left.
   * @throws ActionError 'registry-denied'
   */
  async checkPush(): Promise<void> {
    const answer = await this.#client.ask({
      method: 'POST',
      path: 'blobs/uploads/',
      headers: { 'content-length': 0 },
    });
    if (answer.status === 401 || answer.status === 403) throw denied(answer, 'pushing to it');
  }

  /** Puts a small blob. @returns its digest */
  async putBlob(text: string): Promise<string> {
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    await sendBlob(this.#client, { digest, size: Buffer.byteLength(text), body: () => text });
    return digest;
  }

  /**
   * What refers to a digest, as the registry lists it; undefined where it keeps no such list. A registry that cannot
   * answer now has not said that: taken for an empty list it would make a signed image an unsigned one.
   * Source: OCI distribution specification 1.1, "Listing Referrers".
   */
  async referrers(digest: string): Promise<string | undefined> {
    const answer = await this.#client.ask({ method: 'GET', path: `referrers/${digest}` });
    if (answer.status === 401 || answer.status === 403)
      throw denied(answer, `reading what refers to ${digest}`);
    if (answer.status === 429 || answer.status >= 500)
      refuseUnless(answer, 200, `reading what refers to ${digest}`);
    return answer.status === 200 ? answer.body : undefined;
  }

  /**
   * Puts a manifest under a tag or its digest.
   * @returns whether the registry itself now lists it under the subject that it names
   */
  async put(reference: string, mediaType: string, text: string): Promise<boolean> {
    const answer = await this.#client.ask({
      method: 'PUT',
      path: `manifests/${reference}`,
      headers: { 'content-type': mediaType, 'content-length': Buffer.byteLength(text) },
      body: () => text,
    });
    refuseUnless(answer, 201, `writing ${reference}`);
    return answer.headers['oci-subject'] !== undefined;
  }
}

function nextPage(link: string | string[] | undefined): string | undefined {
  return /<([^>]+)>;\s*rel="?next"?/.exec([link].flat().join(','))?.[1];
}
