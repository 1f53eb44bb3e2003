import { createHash } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import { sendBlob } from './blob-upload.js';
import type { Answer, RegistryClient } from './client.js';
import type { ContentStore } from './image-content.js';
import { MANIFEST_TYPES } from './manifest.js';
import { denied, refuseUnless } from './refusal.js';

/** Of a list that is read to its end: more than any has, were it of one entry each. */
const MOST_PAGES = 1000;

/** Of a blob that is read: the SBOM of a large image has tens of MiB. */
const BLOB_BYTES = 64 * 1024 * 1024;

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
    throw missing(digest);
  }

  async blob(digest: string): Promise<string> {
    const answer = await this.#client.ask({ method: 'GET', path: `blobs/${digest}`, bytes: BLOB_BYTES });
    if (answer.status === 404) throw missing(digest);
    refuseUnless(answer, 200, `reading ${digest}`);
    return answer.body;
  }

  /** Every tag; none where the repository does not exist yet. Source: OCI distribution specification, "Listing Tags". */
  async tags(): Promise<string[]> {
    const pages = (await this.#pages('tags/list?n=1000', 'listing its tags', isMissing)) ?? [];
    return pages.flatMap((page) => {
      const { tags } = JSON.parse(page) as { tags?: unknown };
      return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
    });
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
   * What refers to a digest, as the registry lists it, page by page; undefined where it keeps no such list.
   * Source: OCI distribution specification 1.1, "Listing Referrers".
   */
  referrers(digest: string): Promise<string[] | undefined> {
    return this.#pages(`referrers/${digest}`, `reading what refers to ${digest}`, isUnasked);
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

  /**
   * A list to its end; undefined where the registry has none. One that cannot answer now, or whose list has no end, has
   * not said that: a part taken for the whole would let an older release have `latest`, or make a signed image an
   * unsigned one.
   */
  async #pages(
    first: string,
    doing: string,
    isNone: (status: number) => boolean,
  ): Promise<string[] | undefined> {
    const pages: string[] = [];
    let path: string | undefined = first;
    while (path !== undefined && pages.length < MOST_PAGES) {
      const answer: Answer = await this.#client.ask({ method: 'GET', path });
      if (pages.length === 0 && isNone(answer.status)) return undefined;
      refuseUnless(answer, 200, doing);
      pages.push(answer.body);
      const next = nextPage(answer.headers.link);
      path = next && new URL(next, this.#client.url(path)).href;
    }
    if (path === undefined) return pages;
    throw new ActionError('registry-endless', `There is no end to ${doing}: ${MOST_PAGES} pages were read.`, {
      remedy: 'Ask whoever runs the registry why, or remove what nobody needs of what is listed.',
    });
  }
}

function isMissing(status: number): boolean {
  return status === 404;
}

/** Older registries have many words for a question that they do not know. */
function isUnasked(status: number): boolean {
  return status >= 300 && status < 500 && ![401, 403, 429].includes(status);
}

/** Where a list goes on. Source: RFC 8288, section 3. */
function nextPage(link: string | string[] | undefined): string | undefined {
  return /<([^>]+)>[^,<]*;\s*rel="?next"?/.exec([link].flat().join(','))?.[1];
}

function missing(digest: string): ActionError {
  return new ActionError('registry-missing', `The registry does not have ${digest}.`, {
    remedy:
      'Check that the image was pushed to this very repository; some registries clear untagged images away.',
  });
}
