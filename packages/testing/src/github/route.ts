import type { RepositoryState } from './state.js';
import type { FieldProblem } from './validation.js';

export type Json = Record<string, unknown>;

/** A validated request on its way to the state. */
export interface RouteCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The validated body; empty when there was none. */
  readonly body: Json;
  readonly accept: string;
  readonly state: RepositoryState;
  /** Address of the API, no trailing slash. */
  readonly api: string;
  /** `{api}/repos/{owner}/{name}` */
  readonly repositoryUrl: string;
  /** `https://github.com/{owner}/{name}` */
  readonly webUrl: string;
  /** ISO 8601 without fractions, as GitHub writes times. */
  readonly now: string;
}

export interface RouteReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A list that the server cuts into pages, with Link headers. */
export interface ListReply {
  readonly list: readonly unknown[];
  /** Puts a page into its envelope where GitHub has one, such as `{ total_count, check_runs }`. */
  readonly wrap?: (page: readonly unknown[], total: number) => unknown;
}

export interface Route {
  /** Any of these lets the request through, as `scope:read` or `scope:write` in workflow syntax. */
  readonly permissions: readonly string[];
  readonly handle: (call: RouteCall) => RouteReply | ListReply;
}

/** Operation id → what it does. */
export type Routes = Readonly<Record<string, Route>>;

/** An answer other than success. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly FieldProblem[];
  /** Whether a correct client could have known better. A missing thing is no mistake; a malformed one is. */
  readonly mistake: boolean;

  constructor(
    status: number,
    message: string,
    options: { errors?: readonly FieldProblem[]; mistake?: boolean } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = options.errors ?? [];
    this.mistake = options.mistake ?? status === 422;
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** A 422 for one field, in the words GitHub uses. */
export function invalid(resource: string, field: string, message: string): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource, field, code: 'custom', message }] });
}

/** Finds by numeric id or refuses with 404. */
export function byId<T extends { readonly id: number }>(items: readonly T[], id: string | undefined): T {
  const found = items.find((item) => item.id === Number(id));
  if (!found) throw notFound();
  return found;
}

export function requireCommit(state: RepositoryState, sha: string): void {
  if (!state.hasCommit(sha)) throw new Refusal(422, `No commit found for SHA: ${sha}`);
}
