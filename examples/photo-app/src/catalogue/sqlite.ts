import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Photo } from '../photo.ts';
import type { Catalogue, Page } from './catalogue.ts';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS photos (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    content_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const columns = `id, title, content_type AS "contentType", width, height, bytes, created_at AS "createdAt"`;

/** The catalogue in one file; good for one machine. */
export class SqliteCatalogue implements Catalogue {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  static open(file: string): SqliteCatalogue {
    mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file);
    database.exec(schema);
    return new SqliteCatalogue(database);
  }

  async add(photo: Photo): Promise<void> {
    this.#database
      .prepare(
        'INSERT INTO photos (id, title, content_type, width, height, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(photo.id, photo.title, photo.contentType, photo.width, photo.height, photo.bytes, photo.createdAt);
  }

  async find(id: string): Promise<Photo | undefined> {
    const row = this.#database.prepare(`SELECT ${columns} FROM photos WHERE id = ?`).get(id);
    return row && toPhoto(row);
  }

  async list({ limit, before }: Page): Promise<readonly Photo[]> {
    // "g" sorts after every hexadecimal digit, so it stands for "from the newest on".
    return this.#database
      .prepare(`SELECT ${columns} FROM photos WHERE id < ? ORDER BY id DESC LIMIT ?`)
      .all(before ?? 'g', limit)
      .map(toPhoto);
  }

  async remove(id: string): Promise<boolean> {
    return this.#database.prepare('DELETE FROM photos WHERE id = ?').run(id).changes === 1;
  }

  async check(): Promise<void> {
    this.#database.prepare('SELECT 1 FROM photos LIMIT 1').get();
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

/** The schema is STRICT: SQLite itself has checked the types. */
function toPhoto(row: Readonly<Record<string, unknown>>): Photo {
  return { ...row } as unknown as Photo;
}
