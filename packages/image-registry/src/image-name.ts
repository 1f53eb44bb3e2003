import { ActionError } from '@fairway/action-kit';

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

/**
 * Reads `registry/repository`. Capitals are lowered rather than refused: `ghcr.io/${{ github.repository }}` has them
 * whenever the owner's name has, and no registry allows them.
 * @throws ActionError 'bad-image'
 */
export function parseImageName(text: string): ImageName {
  const name = text.toLowerCase();
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const registry = hasHost ? first : 'docker.io';
  const path = hasHost ? name.slice(slash + 1) : name;
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (last.includes(':') || last.includes('@')) {
    throw badImage(text, 'it names a tag or a digest', `Leave it off; tags are made by the input 'tags'.`);
  }
  if (!HOST.test(registry)) throw badImage(text, `'${registry}' is no host name`, EXAMPLE);
  if (!path.split('/').every((component) => COMPONENT.test(component)) || path.length > 255) {
    throw badImage(text, `'${path}' is no repository path`, EXAMPLE);
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
