import type { Catalogue, Page } from './catalogue/catalogue.ts';
import { readPicture } from './image.ts';
import { cleanTitle, newPhotoId, type Photo } from './photo.ts';
import type { Storage, StoredObject } from './storage/storage.ts';

export type Rendition = 'original' | 'thumbnail';

export interface Upload {
  readonly bytes: Buffer;
  readonly title: string | undefined;
}

/** Joins the storage and the catalogue so that every photo listed can be shown. */
export class Gallery {
  readonly #storage: Storage;
  readonly #catalogue: Catalogue;

  constructor(storage: Storage, catalogue: Catalogue) {
    this.#storage = storage;
    this.#catalogue = catalogue;
  }

  /** The bytes first, then the entry: a crash between leaves an unlisted file, never a broken picture. */
  async add({ bytes, title }: Upload): Promise<Photo> {
    const picture = await readPicture(bytes);
    const now = Date.now();
    const photo: Photo = {
      id: newPhotoId(now),
      title: cleanTitle(title),
      contentType: picture.contentType,
      width: picture.width,
      height: picture.height,
      bytes: bytes.length,
      createdAt: new Date(now).toISOString(),
    };
    await this.#storage.put(`original/${photo.id}`, bytes, photo.contentType);
    await this.#storage.put(`thumbnail/${photo.id}`, picture.thumbnail, 'image/webp');
    await this.#catalogue.add(photo);
    return photo;
  }

  find(id: string): Promise<Photo | undefined> {
    return this.#catalogue.find(id);
  }

  list(page: Page): Promise<readonly Photo[]> {
    return this.#catalogue.list(page);
  }

  read(id: string, rendition: Rendition): Promise<StoredObject | undefined> {
    return this.#storage.get(`${rendition}/${id}`);
  }

  /** The entry first, for the same reason. False when there was no such photo. */
  async remove(id: string): Promise<boolean> {
    if (!(await this.#catalogue.remove(id))) return false;
    await Promise.all([this.#storage.remove(`original/${id}`), this.#storage.remove(`thumbnail/${id}`)]);
    return true;
  }

  /** Rejects when photos can be neither stored nor found now. */
  async check(): Promise<void> {
    await Promise.all([this.#storage.check(), this.#catalogue.check()]);
  }
}
