import { ActionError } from '@fairway/action-kit';
import { isDigest } from './manifest.js';

/** Where an image lives: `ghcr.io` + `acme/photo-app`. */
export interface ImageName {
  /** Host, with port where one is given; `docker.io` for Docker Hub. */
  readonly registry: string;
  readonly repository: string;
  /** `registry/repository`, as buildx and docker take it. */
  readonly full: string;
}

/** One component of a repository path. Source: distribution/reference, `path-component`. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;
/** Source: OCI distribution specification, "Pulling manifests": what a tag may be. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** An image as a manifest names it: `nginx`, `ghcr.io/acme/app:1.2`, `ghcr.io/acme/app@sha256:…`. */
export interface ImageReference {
  readonly name: ImageName;
  /** As written, `latest` where there is neither a tag nor a digest; empty with a digest alone. */
  readonly tag: string;
  /** `sha256:…`, or empty. */
  readonly digest: string;
}

/**
 * Reads `registry/repository`. Capitals are lowered rather than refused: `ghcr.io/${{ github.repository }}` has them
 * whenever the owner's name has, and no registry allows them.
 * @throws ActionError 'bad-image'
 */
export function parseImageName(text: string): ImageName {
  const name = text.toLowerCase();
  const last = name.slice(name.lastIndexOf('/') + 1);
  if (last.includes(':') || last.includes('@')) {
    throw badImage(text, 'it names a tag or a digest', `Leave it off; tags are made by the input 'tags'.`);
  }
  const read = nameIn(name);
  if (typeof read === 'string') throw badImage(text, read, EXAMPLE);
  return read;
}

/**
 * Reads an image as Kubernetes and Docker do: no registry means Docker Hub, no tag means `latest`.
 * Source: distribution/reference, `ParseNormalizedNamed` and `TagNameOnly`.
 * @throws ActionError 'bad-image'
 */
export function parseReference(text: string): ImageReference {
  const [, path = '', tag, digest = ''] = /^([^@\s]+?)(?::([^:/@\s]+))?(?:@([^@\s]+))?$/.exec(text) ?? [];
  const name = nameIn(path);
  const flaw =
    typeof name === 'string'
      ? name
      : tag !== undefined && !isTag(tag)
        ? `'${tag}' is no tag`
        : digest !== '' && !isDigest(digest)
          ? 'its digest is no sha256 digest'
          : undefined;
  if (typeof name === 'string' || flaw !== undefined) {
    throw new ActionError('bad-image', `The image '${text.slice(0, 200)}' cannot be read: ${flaw}.`, {
      remedy: 'Write it as registry/repository:tag or registry/repository@sha256:…, in lower case.',
    });
  }
  return { name, tag: tag ?? (digest === '' ? 'latest' : ''), digest };
}

/** The name, or why the text is none. */
function nameIn(name: string): ImageName | string {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const registry = hasHost ? first : 'docker.io';
  const path = hasHost ? name.slice(slash + 1) : name;
  if (!HOST.test(registry)) return `'${registry}' is no host name`;
  if (!path.split('/').every((component) => COMPONENT.test(component)) || path.length > 255) {
    return `'${path}' is no repository path`;
  }
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, full: `${registry}/${repository}` };
}

const EXAMPLE = `Write it as registry/repository, for example  image: ghcr.io/\${{ github.repository }}`;

function badImage(text: string, why: string, remedy: string): ActionError {
  return new ActionError('bad-image', `The input 'image' is '${text.slice(0, 200)}': ${why}.`, { remedy });
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * A legal tag from any text, such as a branch's name: what a tag cannot hold becomes `-`, the start is cleaned and the
 * length cut. Empty when nothing legal is left.
 */
export function toTag(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128)
    .replace(/-+$/, '');
}

/** Whether a registry's host is this very machine: the only place where plain HTTP is not a risk. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
