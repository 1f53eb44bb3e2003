/**
 * `@actions/http-client` for `@actions/core`, loaded by the first request instead of at start-up.
 *
 * Core imports the client for one purpose, the OIDC token, yet importing it brings undici, http and tunnel:
 * some 440 KB and twice the CPU time of everything else an action does at start. `scripts/bundle.mjs` puts
 * this class in its place, for core only. It is the same client (proxy variables, retries and redirects
 * included) behind one dynamic import.
 */
import type { HttpClient as RealClient } from '@actions/http-client';
import type { RequestHandler, RequestOptions, TypedResponse } from '@actions/http-client/lib/interfaces';

type Headers = Parameters<RealClient['getJson']>[1];

export class HttpClient {
  readonly #arguments: [string | undefined, RequestHandler[] | undefined, RequestOptions | undefined];
  #client: Promise<RealClient> | undefined;

  constructor(userAgent?: string, handlers?: RequestHandler[], options?: RequestOptions) {
    this.#arguments = [userAgent, handlers, options];
  }

  /** GET a JSON document. Rejects as the original does: an HttpClientError for a 4xx or 5xx answer. */
  async getJson<T>(url: string, headers?: Headers): Promise<TypedResponse<T>> {
    const client = await this.#open();
    return client.getJson<T>(url, headers);
  }

  #open(): Promise<RealClient> {
    this.#client ??= import('@actions/http-client').then(
      (module) => new module.HttpClient(...this.#arguments),
    );
    return this.#client;
  }
}
