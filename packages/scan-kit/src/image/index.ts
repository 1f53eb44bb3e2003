/** Scans of an image in OCI layout. */
export { type Origin, originsOf } from './origins.js';
export { type ImageScan, scanImage } from './scan.js';
export type { ImageScope } from './scope.js';
export { readOsv } from './vulnerabilities.js';
