/** Who made an image: signatures as cosign keeps them beside it, made and judged. */
export { keepBundle, keepTagged } from './keep.js';
export {
  type Claims,
  isSignedBy,
  payloadOf,
  readPrivateKey,
  readPublicKey,
  signatureManifest,
  signatureTag,
  signPayload,
} from './signature.js';
export { PUBLIC_SERVICES, parseSigningConfig, type SigstoreServices } from './signing-config.js';
export { openTrust, signerOf, type TrustAsked } from './trust.js';
export { type KeylessTrust, type Trust, verifyImage, type Wanted } from './verify.js';
