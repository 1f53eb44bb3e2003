import {
  type Exchange,
  type Loopback,
  type LoopbackOptions,
  type RecordedRequest,
  record,
  serveLoopback,
} from '../loopback/server.js';
import { ArtifactService, type StoredArtifact } from './artifact-service.js';
import { handleBlob, isBlobRequest } from './blob-protocol.js';
import { BlobStore } from './blob-store.js';
import { CacheService, type StoredCache } from './cache-service.js';
import { type CacheScope, type RuntimeIdentity, runtimeToken } from './runtime-token.js';
import { handleTwirp } from './twirp.js';

export interface ResultsOptions extends LoopbackOptions {
  /** Where uploads are kept; a temporary folder, removed by `close`, unless given. */
  readonly folder?: string;
  /** The run that `env` speaks for; '1' unless given. */
  readonly run?: string;
  /** The job that `env` speaks for; '2' unless given. */
  readonly job?: string;
  /** Cache scopes of that run, its own ref first; `refs/heads/main`, writable, unless given. */
  readonly scopes?: readonly CacheScope[];
}

/** The results service: artifacts and caches behind one address, as on GitHub. */
export interface ResultsService extends Loopback {
  /** ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN, ACTIONS_CACHE_SERVICE_V2. */
  readonly env: Readonly<Record<string, string>>;
  /** The same variables for another run or job. */
  envFor(identity: Partial<RuntimeIdentity>): Record<string, string>;
  readonly requests: readonly RecordedRequest[];
  /** Finalized artifacts, of one run or of all, oldest first. */
  artifacts(run?: string): StoredArtifact[];
  /** A URL from which the artifact can be read, as GitHub's REST API redirects to one. */
  artifactUrl(artifact: StoredArtifact): string;
  /** Saved caches, oldest first. */
  caches(): StoredCache[];
}

/**
 * Starts the results service that `@actions/artifact` 6 and `@actions/cache` 6 speak to, with the blob storage behind
 * it. Several clients and runs may use it at once.
 */
export async function startResults(options: ResultsOptions = {}): Promise<ResultsService> {
  const blobs = await BlobStore.open(options.folder);
  const artifactService = new ArtifactService(blobs);
  const cacheService = new CacheService(blobs);
  const services = {
    [ArtifactService.id]: artifactService.methods,
    [CacheService.id]: cacheService.methods,
  };
  const requests: RecordedRequest[] = [];

  const loopback = await serveLoopback(async (exchange: Exchange) => {
    if (isBlobRequest(exchange.url)) {
      const entry = record(requests, exchange, undefined);
      await handleBlob(blobs, exchange);
      entry.status = exchange.outgoing.statusCode;
      return undefined;
    }
    const body = parseJson(await exchange.text());
    const entry = record(requests, exchange, body);
    const answer = await handleTwirp(services, exchange, body);
    entry.status = answer.status;
    return answer;
  }, options);

  const own: RuntimeIdentity = {
    run: options.run ?? '1',
    job: options.job ?? '2',
    scopes: options.scopes ?? [{ scope: 'refs/heads/main', permission: 3 }],
  };
  const envFor = (identity: Partial<RuntimeIdentity>): Record<string, string> => ({
    ACTIONS_RESULTS_URL: `${loopback.url}/`,
    ACTIONS_RUNTIME_TOKEN: runtimeToken({ ...own, ...identity }),
    ACTIONS_CACHE_SERVICE_V2: 'true',
  });
  return {
    url: loopback.url,
    env: envFor({}),
    envFor,
    requests,
    artifacts: (run) => artifactService.list(run),
    artifactUrl: (artifact) => artifactService.downloadUrl(loopback.url, artifact),
    caches: () => cacheService.list(),
    close: async () => {
      await loopback.close();
      await blobs.close();
    },
  };
}

/** The cache half by itself has the same protocol and address, so it is the same server under its own name. */
export function startCache(options: ResultsOptions = {}): Promise<ResultsService> {
  return startResults(options);
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
