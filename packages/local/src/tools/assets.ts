import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package's own sources for what is made: Go modules, overlays, scripts of images. */
export const ASSETS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'assets');
