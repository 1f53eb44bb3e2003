import type { CatalogueConfig } from '../config.ts';
import type { Photo } from '../photo.ts';

export interface Page {
  /** At most this many photos. */
  readonly limit: number;
  /** Only photos older than the one with this id. */
  readonly before?: string | undefined;
}

/** Knows which photos there are. */
export interface Catalogue {
  add(photo: Photo): Promise<void>;
  find(id: string): Promise<Photo | undefined>;
  /** Newest first. */
  list(page: Page): Promise<readonly Photo[]>;
  /** False when there was no such photo. */
  remove(id: string): Promise<boolean>;
  /** Rejects when the catalogue cannot be used now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Loads only the database client that is asked for. */
export async function openCatalogue(config: CatalogueConfig): Promise<Catalogue> {
  if (config.kind === 'postgres') return (await import('./postgres.ts')).PostgresCatalogue.open(config.url);
  return (await import('./sqlite.ts')).SqliteCatalogue.open(config.file);
}
