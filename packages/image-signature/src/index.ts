/** Who made an image: signatures as cosign keeps them beside it, made and judged. */
export * from './signature.js';
export { type SignatureStore, type Trust, verifyImage, type Wanted } from './verify.js';
