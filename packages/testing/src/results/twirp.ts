import type { Answer, Exchange } from '../loopback/server.js';
import { identityOf, type RuntimeIdentity } from './runtime-token.js';

/** Codes of the Twirp specification with their HTTP statuses (https://twitchtv.github.io/twirp/docs/errors.html). */
const statuses = {
  malformed: 400,
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  bad_route: 404,
  already_exists: 409,
  failed_precondition: 412,
} as const;

/** A refusal that the client gets as a Twirp error. */
export class TwirpError extends Error {
  readonly code: keyof typeof statuses;

  constructor(code: keyof typeof statuses, message: string) {
    super(message);
    this.code = code;
  }
}

export interface TwirpCall {
  readonly identity: RuntimeIdentity;
  readonly fields: Fields;
  /** The address the client used, for URLs that it is to follow. */
  readonly base: string;
}

export type TwirpMethods = Readonly<Record<string, (call: TwirpCall) => Promise<Record<string, unknown>>>>;

/** Answers `POST /twirp/<service>/<Method>` with JSON bodies, as the results service does. */
export async function handleTwirp(
  services: Readonly<Record<string, TwirpMethods>>,
  exchange: Exchange,
  body: unknown,
): Promise<Answer> {
  try {
    const [, , service = '', method = ''] = exchange.url.pathname.split('/');
    const handler = services[service]?.[method];
    if (exchange.method !== 'POST' || !handler) {
      throw new TwirpError('bad_route', `no handler for path ${exchange.url.pathname}`);
    }
    const identity = identityOf(exchange.headers.authorization);
    if (!identity)
      throw new TwirpError('unauthenticated', 'the runtime token is missing or has no Actions.Results scope');
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new TwirpError('malformed', 'the json request could not be decoded');
    }
    const fields = new Fields(body as Record<string, unknown>);
    return { status: 200, body: await handler({ identity, fields, base: exchange.url.origin }) };
  } catch (error) {
    if (!(error instanceof TwirpError)) throw error;
    return { status: statuses[error.code], body: { code: error.code, msg: error.message } };
  }
}

/** Fields of a protobuf message in JSON: names in snake_case or lowerCamelCase, absent when they hold the default. */
export class Fields {
  readonly #values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  /** @throws TwirpError invalid_argument when it is absent or empty */
  text(name: string): string {
    const value = this.optional(name);
    if (!value) throw new TwirpError('invalid_argument', `${name} is required`);
    return value;
  }

  /** A string or 64-bit integer (which JSON carries as text); undefined when absent. */
  optional(name: string): string | undefined {
    const value = this.#values[name] ?? this.#values[camelCase(name)];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new TwirpError('malformed', `${name} must be text`);
  }

  texts(name: string): string[] {
    const value = this.#values[name] ?? this.#values[camelCase(name)] ?? [];
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      throw new TwirpError('malformed', `${name} must be a list of text`);
    }
    return value as string[];
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
