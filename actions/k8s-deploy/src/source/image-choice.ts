import { ActionError } from '@fairway/action-kit';

/** An image to put where the manifests say `name`. */
export interface ImageChoice {
  /** The repository as the manifests write it, without tag or digest. */
  readonly name: string;
  /** `registry/repository@sha256:…` */
  readonly reference: string;
}

/**
 * Reads `name=registry/repository[:tag]@sha256:…`.
 * @throws ActionError 'bad-input' when there is no digest: a tag can be moved between the test and the deployment
 */
export function parseImage(line: string): ImageChoice {
  const match = /^([^\s=@]+)=([^\s@=]+@sha256:[0-9a-f]{64})$/.exec(line);
  if (match?.[1] && match[2]) return { name: match[1], reference: match[2] };
  throw new ActionError(
    'bad-input',
    `The input 'images' has the line '${line.slice(0, 200)}'; it must be name=registry/repository@sha256: and 64 hexadecimal digits.`,
    {
      remedy:
        'Pass the digest that the build gave, for example  images: photo-app=ghcr.io/owner/photo-app@${{ needs.image.outputs.digest }}  An empty digest means that the build step set none.',
    },
  );
}
