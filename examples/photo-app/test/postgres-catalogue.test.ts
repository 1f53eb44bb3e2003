import { describe, expect, onTestFinished, test } from 'vitest';
import { PostgresCatalogue } from '../src/catalogue/postgres.ts';
import { keepsTheCatalogueContract } from './contracts/catalogue-contract.ts';

// A real server or none: PHOTO_APP_TEST_DATABASE_URL=postgres://user@host/an-empty-database
const url = process.env.PHOTO_APP_TEST_DATABASE_URL ?? '';

describe.skipIf(!url)('a catalogue in the PostgreSQL at PHOTO_APP_TEST_DATABASE_URL', () => {
  async function open(): Promise<PostgresCatalogue> {
    const catalogue = await PostgresCatalogue.open(url);
    // The contract closes some itself; a pool refuses to be closed twice.
    onTestFinished(() => catalogue.close().catch(() => {}));
    return catalogue;
  }

  keepsTheCatalogueContract(open);

  test('can be opened by many instances at the same moment', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, open));
    await expect(Promise.all(opened.map((catalogue) => catalogue.check()))).resolves.toHaveLength(8);
  });
});

test('a PostgreSQL that is not there is an error at the start', async () => {
  await expect(PostgresCatalogue.open('postgres://nobody@127.0.0.1:1/photos')).rejects.toThrow(
    'ECONNREFUSED',
  );
});
