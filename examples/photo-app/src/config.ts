import { join, resolve } from 'node:path';

/** Where the photos' bytes are kept. */
export type StorageConfig =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly prefix: string;
      readonly endpoint: string;
      readonly region: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | undefined;
    };

/** Where what is known about the photos is kept. */
export type CatalogueConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string };

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly storage: StorageConfig;
  readonly catalogue: CatalogueConfig;
  readonly maxUploadBytes: number;
  readonly maxUploadsInFlight: number;
  /** How long a stopping process waits for open requests, in milliseconds. */
  readonly shutdownMs: number;
  readonly logLevel: LogLevel;
  readonly version: string;
  /** The container's limits, as the downward API tells them; undefined outside a container. */
  readonly cpuLimitMillicores: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  /** Demonstrations only: end with exit code 1 right after the start. */
  readonly failStart: boolean;
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A setting that cannot be used; the message names the variable and what it may hold. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from environment variables; README.md lists them.
 *
 * @throws {ConfigError} when a variable holds what it may not, or one that another needs is missing
 */
export function readConfig(env: Environment): Config {
  const data = resolve(env.PHOTO_APP_DATA || 'data');
  return {
    host: env.PHOTO_APP_HOST || '0.0.0.0',
    port: whole(env, 'PHOTO_APP_PORT', { default: 8080, min: 0, max: 65_535 }),
    storage: readStorage(env, data),
    catalogue: readCatalogue(env, data),
    maxUploadBytes: whole(env, 'PHOTO_APP_MAX_UPLOAD_BYTES', {
      default: 10 * 1024 ** 2,
      min: 1,
      max: 100 * 1024 ** 2,
    }),
    maxUploadsInFlight: whole(env, 'PHOTO_APP_MAX_UPLOADS_IN_FLIGHT', { default: 8, min: 1, max: 1000 }),
    shutdownMs: 1000 * whole(env, 'PHOTO_APP_SHUTDOWN_SECONDS', { default: 25, min: 1, max: 3600 }),
    logLevel: readLogLevel(env),
    version: env.PHOTO_APP_VERSION || 'unknown',
    cpuLimitMillicores: limit(env, 'PHOTO_APP_CPU_LIMIT_MILLICORES'),
    memoryLimitBytes: limit(env, 'PHOTO_APP_MEMORY_LIMIT_BYTES'),
    failStart: env.PHOTO_APP_FAIL_START === '1',
  };
}

function readStorage(env: Environment, data: string): StorageConfig {
  const given = env.PHOTO_APP_STORAGE || 'folder';
  if (given === 'folder') return { kind: 'folder', folder: join(data, 'photos') };
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w./-]*?))?\/?$/.exec(given);
  if (!match?.[1]) {
    throw new ConfigError(`PHOTO_APP_STORAGE is "${given}"; it may be "folder" or "s3://bucket/prefix"`);
  }
  const region = env.AWS_REGION || 'us-east-1';
  return {
    kind: 's3',
    bucket: match[1],
    prefix: match[2] ? `${match[2]}/` : '',
    endpoint: (env.AWS_ENDPOINT_URL_S3 || `https://s3.${region}.amazonaws.com`).replace(/\/+$/, ''),
    region,
    accessKeyId: needed(env, 'AWS_ACCESS_KEY_ID', given),
    secretAccessKey: needed(env, 'AWS_SECRET_ACCESS_KEY', given),
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
  };
}

function readCatalogue(env: Environment, data: string): CatalogueConfig {
  const url = env.PHOTO_APP_DATABASE_URL;
  if (!url) return { kind: 'sqlite', file: join(data, 'photos.sqlite') };
  // The value is not repeated in the message: it holds a password.
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new ConfigError('PHOTO_APP_DATABASE_URL must begin with "postgres://"; leave it out for SQLite');
  }
  return { kind: 'postgres', url };
}

function readLogLevel(env: Environment): LogLevel {
  const given = env.LOG_LEVEL || 'info';
  const level = logLevels.find((known) => known === given);
  if (!level) throw new ConfigError(`LOG_LEVEL is "${given}"; it may be one of ${logLevels.join(', ')}`);
  return level;
}

function whole(env: Environment, name: string, range: { default: number; min: number; max: number }): number {
  const given = env[name];
  if (!given) return range.default;
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= range.min && value <= range.max)) {
    throw new ConfigError(
      `${name} is "${given}"; it may be a whole number from ${range.min} to ${range.max}`,
    );
  }
  return value;
}

function limit(env: Environment, name: string): number | undefined {
  return env[name] ? whole(env, name, { default: 0, min: 1, max: Number.MAX_SAFE_INTEGER }) : undefined;
}

function needed(env: Environment, name: string, storage: string): string {
  const value = env[name];
  if (!value) throw new ConfigError(`${name} is missing; PHOTO_APP_STORAGE=${storage} needs it`);
  return value;
}
