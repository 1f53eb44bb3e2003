/** How images are named, which login belongs to their registry, and what manifests say. Nothing here asks a registry. */
export { readAuthorities, trustAlso } from './authorities.js';
export {
  type Attestation,
  type ContentStore,
  type ImageContent,
  type Layer,
  largestSize,
  type PlatformImage,
  readContent,
} from './image-content.js';
export {
  type ImageName,
  type ImageReference,
  isLoopback,
  isTag,
  parseImageName,
  parseReference,
  toTag,
} from './image-name.js';
export { type Descriptor, isDigest, type Manifest, parseManifest } from './manifest.js';
export { OciLayout } from './oci-layout.js';
export { credentialKey, dockerConfigFolder, type Login, readConfig, storedLogin } from './stored-login.js';
