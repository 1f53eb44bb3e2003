import { createHash } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';
import type { Answer, RegistryClient } from './client.js';
import type { ContentStore } from './image-content.js';
import { MANIFEST_TYPES } from './manifest.js';

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
    const headers = { 'content-type': 'application/octet-stream', 'content-length': Buffer.byteLength(text) };
    const begun = await this.#client.ask({
      method: 'POST',
      path: 'blobs/uploads/',
      headers: { 'content-length': 0 },
    });
    refuseUnless(begun, 202, 'beginning an upload');
    const place = new URL(this.#client.url(begun.headers.location ?? ''));
    place.searchParams.set('digest', digest);
    const answer = await this.#client.ask({ method: 'PUT', path: place.href, headers, body: () => text });
    refuseUnless(answer, 201, 'an upload');
    return digest;
  }

  /**
   * What refers to a digest, as the registry lists it; undefined where it keeps no such list.
   * Source: OCI distribution specification 1.1, "Listing Referrers".
   */
  async referrers(digest: string): Promise<string | undefined> {
    const answer = await this.#client.ask({ method: 'GET', path: `referrers/${digest}` });
    if (answer.status === 401 || answer.status === 403)
      throw denied(answer, `reading what refers to ${digest}`);
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

/** @throws ActionError for any status but the one expected */
export function refuseUnless(answer: Answer, status: number, doing: string): void {
  if (answer.status === status) return;
  if (answer.status === 401 || answer.status === 403) throw denied(answer, doing);
  throw new ActionError(
    'registry-refused',
    `The registry answered ${answer.status} to ${doing}${reason(answer.body)}.`,
    {
      remedy: 'The code in brackets is the registry’s own. A 5xx or 429 passes by itself: run the job again.',
    },
  );
}

function denied(answer: Answer, doing: string): ActionError {
  return new ActionError(
    'registry-denied',
    `The registry refused ${doing} with ${answer.status}${reason(answer.body)}.`,
    {
      remedy:
        'Check username and password; for ghcr.io the job needs  permissions: packages: write  and  password: ${{ github.token }}, and the package must grant this repository access.',
    },
  );
}

/** ` (DENIED: requested access …)`, from the error body that the specification describes. */
function reason(body: string): string {
  try {
    const [first] = (JSON.parse(body) as { errors?: { code?: unknown; message?: unknown }[] }).errors ?? [];
    return first ? ` (${String(first.code).slice(0, 60)}: ${String(first.message).slice(0, 200)})` : '';
  } catch {
    return '';
  }
}

function nextPage(link: string | string[] | undefined): string | undefined {
  return /<([^>]+)>;\s*rel="?next"?/.exec([link].flat().join(','))?.[1];
}
