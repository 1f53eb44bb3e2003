import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const s3 = {
  PHOTO_APP_STORAGE: 's3://holiday-photos/live',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'key',
};

describe('settings', () => {
  test('work with nothing set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      port: 8080,
      maxUploadBytes: 10_485_760,
      shutdownMs: 25_000,
      failStart: false,
    });
    expect(config.storage).toEqual({ kind: 'folder', folder: resolve('data/photos') });
    expect(config.catalogue).toEqual({ kind: 'sqlite', file: resolve('data/photos.sqlite') });
  });

  test('take an empty variable as none: a manifest often leaves one so', () => {
    expect(readConfig({ PHOTO_APP_PORT: '', PHOTO_APP_STORAGE: '', PHOTO_APP_DATABASE_URL: '' })).toEqual(
      readConfig({}),
    );
  });

  test('read a bucket with a prefix and the usual AWS variables', () => {
    const { storage } = readConfig({ ...s3, AWS_REGION: 'eu-north-1' });
    expect(storage).toMatchObject({
      bucket: 'holiday-photos',
      prefix: 'live/',
      region: 'eu-north-1',
      endpoint: 'https://s3.eu-north-1.amazonaws.com',
    });
  });

  test('read another S3-compatible store', () => {
    const { storage } = readConfig({ ...s3, AWS_ENDPOINT_URL_S3: 'http://minio:9000/' });
    expect(storage).toMatchObject({ endpoint: 'http://minio:9000' });
  });

  test.each([
    [{ PHOTO_APP_PORT: '80a' }, 'PHOTO_APP_PORT is "80a"'],
    [{ PHOTO_APP_PORT: '70000' }, 'from 0 to 65535'],
    [{ PHOTO_APP_MAX_UPLOAD_BYTES: '0' }, 'PHOTO_APP_MAX_UPLOAD_BYTES'],
    [{ PHOTO_APP_SHUTDOWN_SECONDS: '-1' }, 'PHOTO_APP_SHUTDOWN_SECONDS'],
    [{ PHOTO_APP_STORAGE: 'ftp://somewhere' }, '"folder" or "s3://bucket/prefix"'],
    [{ PHOTO_APP_STORAGE: 's3://holiday-photos' }, 'AWS_ACCESS_KEY_ID is missing'],
    [{ LOG_LEVEL: 'loud' }, 'debug, info, warn, error'],
  ])('refuse %j', (env, message) => {
    expect(() => readConfig(env)).toThrow(message);
    expect(() => readConfig(env)).toThrow(ConfigError);
  });

  test('refuse a database they do not know without repeating its password', () => {
    const read = () => readConfig({ PHOTO_APP_DATABASE_URL: 'mysql://app:hunter2@db/photos' });
    expect(read).toThrow('postgres://');
    expect(read).not.toThrow('hunter2');
  });
});
