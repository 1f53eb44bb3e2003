import type { BlobStore } from './blob-store.js';
import type { RuntimeIdentity } from './runtime-token.js';
import { TwirpError, type TwirpMethods } from './twirp.js';

/** A saved cache. */
export interface StoredCache {
  readonly id: number;
  readonly key: string;
  /** Hash of paths and compression, as the client computes it. */
  readonly version: string;
  /** The git ref it was saved on. */
  readonly scope: string;
  readonly size: number;
  readonly file: string;
  readonly blobId: string;
}

/** `github.actions.results.api.v1.CacheService`, as `@actions/cache` 6 speaks to it. */
export class CacheService {
  static readonly id = 'github.actions.results.api.v1.CacheService';
  readonly #blobs: BlobStore;
  readonly #reservations = new Map<string, string>();
  readonly #caches = new Map<string, StoredCache>();
  #nextId = 1;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  readonly methods: TwirpMethods = {
    CreateCacheEntry: async ({ identity, fields, base }) => {
      const scope = writableScope(identity);
      const entry = entryKey(scope, fields.text('version'), fields.text('key'));
      if (this.#caches.has(entry) || this.#reservations.has(entry)) {
        throw new TwirpError(
          'already_exists',
          'cache entry with the same key, version, and scope already exists',
        );
      }
      const blobId = this.#blobs.newId();
      this.#reservations.set(entry, blobId);
      return { ok: true, signed_upload_url: this.#blobs.uploadUrl(base, blobId) };
    },
    FinalizeCacheEntryUpload: async ({ identity, fields }) => {
      const scope = writableScope(identity);
      const key = fields.text('key');
      const version = fields.text('version');
      const entry = entryKey(scope, version, key);
      const blobId = this.#reservations.get(entry);
      if (blobId === undefined)
        throw new TwirpError('not_found', `no upload for the key ${key} is under way`);
      const blob = this.#blobs.find(blobId);
      const said = fields.optional('size_bytes') ?? '0';
      if (!blob || said !== String(blob.size)) {
        throw new TwirpError(
          'failed_precondition',
          `${said} bytes were announced, ${blob?.size ?? 0} arrived`,
        );
      }
      this.#reservations.delete(entry);
      const id = this.#nextId++;
      this.#caches.set(entry, { id, key, version, scope, size: blob.size, file: blob.file, blobId });
      return { ok: true, entry_id: String(id) };
    },
    GetCacheEntryDownloadURL: async ({ identity, fields, base }) => {
      const found = this.#match(identity, fields.text('version'), [
        fields.text('key'),
        ...fields.texts('restore_keys'),
      ]);
      if (!found) return { ok: false };
      return {
        ok: true,
        matched_key: found.key,
        signed_download_url: this.#blobs.downloadUrl(base, found.blobId, 'cache'),
      };
    },
  };

  /** Saved caches, oldest first. */
  list(): StoredCache[] {
    return [...this.#caches.values()];
  }

  /**
   * GitHub's order: within the run's own ref, the exact key, then each key as a prefix, newest entry first; then the
   * same within the next ref the token may read.
   * Source: https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching#cache-key-matching
   */
  #match(identity: RuntimeIdentity, version: string, keys: readonly string[]): StoredCache | undefined {
    for (const { scope } of identity.scopes) {
      const exact = this.#caches.get(entryKey(scope, version, keys[0] ?? ''));
      if (exact) return exact;
      const newestFirst = this.list()
        .filter((cache) => cache.scope === scope && cache.version === version)
        .reverse();
      for (const key of keys) {
        const match =
          newestFirst.find((cache) => cache.key === key) ??
          newestFirst.find((cache) => cache.key.startsWith(key));
        if (match) return match;
      }
    }
    return undefined;
  }
}

/** The `cache write denied:` prefix is how the client tells a policy from a race. */
function writableScope(identity: RuntimeIdentity): string {
  const own = identity.scopes.find(({ permission }) => permission === 3);
  if (!own)
    throw new TwirpError('permission_denied', 'cache write denied: the token has no writable cache scope');
  return own.scope;
}

function entryKey(scope: string, version: string, key: string): string {
  return JSON.stringify([scope, version, key]);
}
