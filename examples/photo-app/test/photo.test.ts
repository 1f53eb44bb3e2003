import { describe, expect, test } from 'vitest';
import { cleanTitle, isPhotoId, newPhotoId } from '../src/photo.ts';

describe('an id', () => {
  test('sorts by time', () => {
    const ids = [5, 1_000, 1_700_000_000_000, 1_700_000_000_001].map(newPhotoId);
    expect([...ids].sort()).toEqual(ids);
  });

  test('differs from another of the same millisecond', () => {
    expect(new Set(Array.from({ length: 1000 }, () => newPhotoId(1_700_000_000_000))).size).toBe(1000);
  });

  test.each(['', '../../etc/passwd', 'g'.repeat(32), 'a'.repeat(31), `${'a'.repeat(32)}\n`])(
    'is not %j',
    (text) => {
      expect(isPhotoId(text)).toBe(false);
    },
  );

  test('is recognised', () => {
    expect(isPhotoId(newPhotoId(Date.now()))).toBe(true);
  });
});

describe('a title', () => {
  test.each([
    [undefined, 'Untitled'],
    ['  \n\t ', 'Untitled'],
    ['  Harbour  at\r\nnight ', 'Harbour at night'],
    ['evil\u202Egpj.exe', 'evil gpj.exe'],
    ['nul\u0000l', 'nul l'],
    ['<b>bold</b>', '<b>bold</b>'],
  ])('of %j becomes %j', (given, expected) => {
    expect(cleanTitle(given)).toBe(expected);
  });

  test('is cut at 120 characters, never inside one', () => {
    expect(cleanTitle('🌊'.repeat(200))).toBe('🌊'.repeat(120));
  });
});
