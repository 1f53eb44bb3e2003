import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SqliteCatalogue } from '../src/catalogue/sqlite.ts';
import { keepsTheCatalogueContract, somePhoto } from './contracts/catalogue-contract.ts';
import { makeFolder } from './running-app.ts';

describe('a catalogue in a file', () => {
  keepsTheCatalogueContract(async () =>
    SqliteCatalogue.open(join(await makeFolder(), 'deep', 'photos.sqlite')),
  );

  test('remembers after it was closed', async () => {
    const file = join(await makeFolder(), 'photos.sqlite');
    const photo = somePhoto();
    const first = SqliteCatalogue.open(file);
    await first.add(photo);
    await first.close();
    const second = SqliteCatalogue.open(file);
    onTestFinished(() => second.close());
    expect(await second.list({ limit: 10 })).toEqual([photo]);
  });

  test('is shared by two that are open at once', async () => {
    const file = join(await makeFolder(), 'photos.sqlite');
    const [one, other] = [SqliteCatalogue.open(file), SqliteCatalogue.open(file)];
    onTestFinished(async () => void (await Promise.all([one.close(), other.close()])));
    const photo = somePhoto();
    await one.add(photo);
    expect(await other.find(photo.id)).toEqual(photo);
  });
});
