import sharp from 'sharp';

/** Small pictures drawn on the spot, so that no binary file has to be kept in the repository. */
export function drawPicture(
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' = 'jpeg',
  size = { width: 640, height: 480 },
  background = '#0b6b5d',
): Promise<Buffer> {
  return sharp({ create: { ...size, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}

/** A camera held upright: the pixels lie on their side, and the metadata says so and where it was. */
export function drawSidewaysPicture(): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 200, channels: 3, background: 'navy' } })
    .withExif({ IFD0: { Model: 'Test Camera' }, IFD3: { GPSLatitude: '51/1 30/1 0/1', GPSLatitudeRef: 'N' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}
