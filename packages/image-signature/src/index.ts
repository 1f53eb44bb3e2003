/** Who made an image: signatures as cosign keeps them beside it. */
export * from './signature.js';
