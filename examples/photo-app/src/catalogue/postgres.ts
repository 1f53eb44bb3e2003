import { Pool } from 'pg';
import type { Photo } from '../photo.ts';
import type { Catalogue, Page } from './catalogue.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS photos (
    id TEXT COLLATE "C" PRIMARY KEY,
    title TEXT NOT NULL,
    content_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    created_at TEXT NOT NULL
  )
`;

const columns = `id, title, content_type AS "contentType", width, height, bytes, created_at AS "createdAt"`;

/** Any number; it only has to be the same in every instance. */
const schemaLock = 720_411;

/** The catalogue for several instances on several machines. */
export class PostgresCatalogue implements Catalogue {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  static async open(url: string): Promise<PostgresCatalogue> {
    const pool = new Pool({
      connectionString: url,
      max: 5,
      connectionTimeoutMillis: 5000,
      statement_timeout: 10_000,
    });
    // An idle connection that breaks must not end the process; the next query opens another, or fails.
    pool.on('error', () => {});
    const catalogue = new PostgresCatalogue(pool);
    try {
      await catalogue.#prepare();
    } catch (cause) {
      await pool.end();
      throw cause;
    }
    return catalogue;
  }

  /** CREATE TABLE IF NOT EXISTS can fail when two instances start at once: one goes first. */
  async #prepare(): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [schemaLock]);
      await client.query(schema);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  async add(photo: Photo): Promise<void> {
    await this.#pool.query(
      'INSERT INTO photos (id, title, content_type, width, height, bytes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [photo.id, photo.title, photo.contentType, photo.width, photo.height, photo.bytes, photo.createdAt],
    );
  }

  async find(id: string): Promise<Photo | undefined> {
    const { rows } = await this.#pool.query<Photo>(`SELECT ${columns} FROM photos WHERE id = $1`, [id]);
    return rows[0];
  }

  async list({ limit, before }: Page): Promise<readonly Photo[]> {
    const { rows } = await this.#pool.query<Photo>(
      `SELECT ${columns} FROM photos WHERE id < $1 ORDER BY id DESC LIMIT $2`,
      [before ?? 'g', limit],
    );
    return rows;
  }

  async remove(id: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query('DELETE FROM photos WHERE id = $1', [id]);
    return rowCount === 1;
  }

  async check(): Promise<void> {
    await this.#pool.query('SELECT 1 FROM photos LIMIT 1');
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
