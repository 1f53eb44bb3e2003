import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FolderStorage } from '../src/storage/folder.ts';
import { keepsTheStorageContract } from './contracts/storage-contract.ts';
import { makeFolder } from './running-app.ts';

const id = 'a'.repeat(32);

describe('a folder', () => {
  keepsTheStorageContract(async () => FolderStorage.open(await makeFolder()));

  test('leaves no unfinished file behind, also when writing fails', async () => {
    const folder = await makeFolder();
    const storage = await FolderStorage.open(folder);
    await storage.put(`original/${id}`, Buffer.from('bytes'));
    // A folder stands where the next file belongs: the last step, the renaming, fails.
    await mkdir(join(folder, 'original', 'b'.repeat(32), 'in-the-way'), { recursive: true });
    await expect(storage.put(`original/${'b'.repeat(32)}`, Buffer.from('bytes'))).rejects.toThrow();
    expect((await readdir(join(folder, 'original'))).sort()).toEqual([id, 'b'.repeat(32)]);
  });

  test('does not leave its place, whatever the key', async () => {
    const storage = await FolderStorage.open(await makeFolder());
    await expect(storage.put('original/../../outside', Buffer.from('x'))).rejects.toThrow('storage key');
    await expect(storage.get('/etc/passwd')).rejects.toThrow('storage key');
  });

  test('is not ready when it is gone', async () => {
    const folder = await makeFolder();
    const storage = await FolderStorage.open(folder);
    await rm(folder, { recursive: true });
    await expect(storage.check()).rejects.toThrow('ENOENT');
  });
});
