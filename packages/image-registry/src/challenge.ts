/** What a registry asks of who is not known to it. Source: RFC 9110, section 11.6.1. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string; readonly scope: string };

/** Reads a `WWW-Authenticate` header; undefined where it names no scheme that registries use. */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/.exec(header) ?? [];
  if (scheme.toLowerCase() === 'basic') return { scheme: 'basic' };
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, bare] of rest.matchAll(/([A-Za-z_-]+)=(?:"([^"]*)"|([^\s,]+))/g)) {
    parameters.set(key.toLowerCase(), quoted ?? bare ?? '');
  }
  const realm = parameters.get('realm') ?? '';
  if (!URL.canParse(realm)) return undefined;
  return {
    scheme: 'bearer',
    realm,
    service: parameters.get('service') ?? '',
    scope: parameters.get('scope') ?? '',
  };
}

/** Where to ask for a token, for the actions given on one repository. Source: distribution, "Token authentication". */
export function tokenUrl(challenge: Extract<Challenge, { scheme: 'bearer' }>, scope: string): string {
  const url = new URL(challenge.realm);
  if (challenge.service !== '') url.searchParams.set('service', challenge.service);
  url.searchParams.set('scope', challenge.scope || scope);
  return url.href;
}
