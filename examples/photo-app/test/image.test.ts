import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readPicture } from '../src/image.ts';
import { drawPicture, drawSidewaysPicture } from './pictures.ts';

describe('a picture', () => {
  test.each(['jpeg', 'png', 'webp', 'gif'] as const)('is recognised by its bytes: %s', async (format) => {
    const picture = await readPicture(await drawPicture(format));
    expect(picture).toMatchObject({ contentType: `image/${format}`, width: 640, height: 480 });
  });

  test('gets a WebP thumbnail of at most 400 pixels that keeps its proportions', async () => {
    const { thumbnail } = await readPicture(await drawPicture('jpeg', { width: 1000, height: 500 }));
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 400, height: 200 });
  });

  test('is not enlarged when it is small', async () => {
    const { thumbnail } = await readPicture(await drawPicture('png', { width: 20, height: 10 }));
    expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 20, height: 10 });
  });

  test('is turned upright, and its thumbnail does not tell where it was taken', async () => {
    const original = await drawSidewaysPicture();
    expect((await sharp(original).metadata()).exif?.length).toBeGreaterThan(0);
    const { width, height, thumbnail } = await readPicture(original);
    expect({ width, height }).toEqual({ width: 200, height: 300 });
    const metadata = await sharp(thumbnail).metadata();
    expect(metadata).toMatchObject({ width: 200, height: 300 });
    expect(metadata.exif).toBeUndefined();
  });
});

describe('refused', () => {
  test.each([
    ['text', Buffer.from('#!/bin/sh\necho hello\n')],
    ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n')],
    ['the first bytes of a PNG and nothing more', Buffer.from('89504e470d0a1a0a', 'hex')],
    [
      'an SVG, which may carry script',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>'),
    ],
  ])('is %s', async (_what, bytes) => {
    await expect(readPicture(bytes)).rejects.toMatchObject({ status: 415, code: 'not-an-image' });
  });

  test('is a format that browsers do not show', async () => {
    await expect(readPicture(await drawPicture('tiff'))).rejects.toMatchObject({ code: 'not-an-image' });
  });

  test('is a picture that was cut off on the way', async () => {
    const whole = await drawPicture('jpeg', { width: 900, height: 900 });
    await expect(readPicture(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      status: 415,
      code: 'damaged-image',
    });
  });

  test('is a small file that unpacks into too many pixels', async () => {
    const bomb = await drawPicture('png', { width: 8000, height: 7000 });
    expect(bomb.length).toBeLessThan(1_000_000);
    await expect(readPicture(bomb)).rejects.toMatchObject({ status: 413, code: 'too-many-pixels' });
  });
});
