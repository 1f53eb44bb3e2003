import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';

const key = () => `original/${randomBytes(16).toString('hex')}`;

/** What every storage must do, whatever keeps the bytes. */
export function keepsTheStorageContract(open: () => Promise<Storage>): void {
  test('gives back exactly the bytes that were put', async () => {
    const storage = await open();
    const bytes = randomBytes(70_000);
    const here = key();
    await storage.put(here, bytes, 'image/png');
    const stored = await storage.get(here);
    expect(stored?.size).toBe(70_000);
    expect(stored && (await buffer(stored.body))).toEqual(bytes);
  });

  test('knows nothing under a key that was never put', async () => {
    expect(await (await open()).get(key())).toBeUndefined();
  });

  test('replaces what is put under the same key', async () => {
    const storage = await open();
    const here = key();
    await storage.put(here, Buffer.from('first'), 'image/png');
    await storage.put(here, Buffer.from('second'), 'image/png');
    const stored = await storage.get(here);
    expect(stored && (await buffer(stored.body)).toString()).toBe('second');
  });

  test('removes, also twice', async () => {
    const storage = await open();
    const here = key();
    await storage.put(here, Buffer.from('bytes'), 'image/png');
    await storage.remove(here);
    await storage.remove(here);
    expect(await storage.get(here)).toBeUndefined();
  });

  test('is ready', async () => {
    await expect((await open()).check()).resolves.toBeUndefined();
  });
}
