import { randomBytes } from 'node:crypto';

export interface Photo {
  /** 32 hexadecimal digits; later photos have greater ids. */
  readonly id: string;
  readonly title: string;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export const titleLimit = 120;

/**
 * An id that sorts by time and needs no agreement between instances:
 * 48 bits of milliseconds, then 80 random bits (the layout of a ULID, written in hexadecimal).
 */
export function newPhotoId(now: number): string {
  return now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
}

export function isPhotoId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** One line, no control characters, at most `titleLimit` characters; empty becomes "Untitled". */
export function cleanTitle(given: string | undefined): string {
  const line = (given ?? '')
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return [...line].slice(0, titleLimit).join('').trim() || 'Untitled';
}

/** The photo as the API tells it. */
export function describePhoto(photo: Photo): Photo & { readonly links: Readonly<Record<string, string>> } {
  const self = `/photos/${photo.id}`;
  return { ...photo, links: { self, original: `${self}/original`, thumbnail: `${self}/thumbnail` } };
}
