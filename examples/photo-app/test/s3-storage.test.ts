import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { openStorage, type Storage } from '../src/storage/storage.ts';
import { keepsTheStorageContract } from './contracts/storage-contract.ts';
import { startS3Store } from './loopback/s3-store.ts';

const credentials = {
  AWS_ACCESS_KEY_ID: 'photo-app',
  AWS_SECRET_ACCESS_KEY: 'for-tests-only',
  AWS_REGION: 'eu-north-1',
};

function open(endpoint: string, changes: Record<string, string> = {}): Promise<Storage> {
  const env = {
    PHOTO_APP_STORAGE: 's3://photos/live',
    AWS_ENDPOINT_URL_S3: endpoint,
    ...credentials,
    ...changes,
  };
  return openStorage(readConfig(env).storage);
}

const start = () => startS3Store({ bucket: 'photos', secret: credentials.AWS_SECRET_ACCESS_KEY });

describe('a bucket', () => {
  keepsTheStorageContract(async () => open((await start()).endpoint));

  test('keeps photos under the prefix and with their type', async () => {
    const store = await start();
    await (await open(store.endpoint)).put('original/abc', Buffer.from('bytes'), 'image/png');
    expect([...store.objects]).toEqual([
      ['live/original/abc', { bytes: Buffer.from('bytes'), contentType: 'image/png' }],
    ]);
  });

  test('refuses another secret, and the error says what the store said but no secret', async () => {
    const store = await start();
    const storage = await open(store.endpoint, { AWS_SECRET_ACCESS_KEY: 'another-secret' });
    await expect(storage.put('original/abc', Buffer.from('x'), 'image/png')).rejects.toThrow(
      'SignatureDoesNotMatch',
    );
    await expect(storage.put('original/abc', Buffer.from('x'), 'image/png')).rejects.not.toThrow(
      'another-secret',
    );
    expect(store.objects.size).toBe(0);
  });

  test('is not ready when it does not exist', async () => {
    const storage = await open((await start()).endpoint, { PHOTO_APP_STORAGE: 's3://elsewhere' });
    await expect(storage.check()).rejects.toThrow('404');
  });

  test('fails, rather than losing a photo, when the store is broken', async () => {
    const store = await start();
    store.failWith(500);
    await expect(
      (await open(store.endpoint)).put('original/abc', Buffer.from('x'), 'image/png'),
    ).rejects.toThrow('500');
  });
});

// For any store at hand (MinIO, moto, AWS): set the four variables and a bucket that exists.
const real = process.env.PHOTO_APP_TEST_S3_ENDPOINT;
describe.skipIf(!real)('a bucket of the store at PHOTO_APP_TEST_S3_ENDPOINT', () => {
  keepsTheStorageContract(() =>
    open(real ?? '', {
      PHOTO_APP_STORAGE: `s3://${process.env.PHOTO_APP_TEST_S3_BUCKET || 'photos'}/tests`,
      AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID || 'photo-app',
      AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY || 'photo-app',
      AWS_REGION: process.env.AWS_REGION || 'us-east-1',
    }),
  );
});
