import { join } from 'node:path';
import type { ImageName } from '@fairway/image-registry';
import { csv } from './csv.js';
import type { LocalCache } from './local-cache.js';

export type CacheKind = 'registry' | 'gha' | 'local' | 'none';

/** How a cache is found and kept; see {@link planCache}. */
export interface CachePlan {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * A scope for each branch and set of platforms, so that none overwrites another's; reading falls back to the default
 * branch's. Writing never fails a build, and is left out where a build may not push.
 */
export function planCache(
  kind: CacheKind,
  image: ImageName,
  scopes: { readonly own: string; readonly fallback: readonly string[] },
  options: { readonly write: boolean; readonly insecure: boolean; readonly local?: LocalCache },
): CachePlan {
  if (kind === 'none') return { from: [], to: [] };
  const from = [...new Set([scopes.own, ...scopes.fallback])];
  if (kind === 'gha') {
    return {
      from: from.map((scope) => csv(['type=gha', `scope=${scope}`])),
      to: options.write ? [csv(['type=gha', `scope=${scopes.own}`, 'mode=max', 'ignore-error=true'])] : [],
    };
  }
  if (kind === 'local') {
    const { folder, next } = options.local ?? { folder: '', next: '' };
    return {
      from: from.map((scope) => csv(['type=local', `src=${join(folder, scope)}`])),
      to: options.write ? [csv(['type=local', `dest=${next}`, 'mode=max', 'ignore-error=true'])] : [],
    };
  }
  const insecure = options.insecure ? ['registry.insecure=true'] : [];
  const ref = (scope: string) => [
    'type=registry',
    `ref=${image.full}:${`buildcache-${scope}`.slice(0, 128)}`,
    ...insecure,
  ];
  return {
    from: from.map((scope) => csv(ref(scope))),
    to: options.write
      ? [
          csv([
            ...ref(scopes.own),
            'mode=max',
            'image-manifest=true',
            'oci-mediatypes=true',
            'ignore-error=true',
          ]),
        ]
      : [],
  };
}
