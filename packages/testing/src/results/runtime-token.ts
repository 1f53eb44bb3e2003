/** The run and job a runtime token speaks for. */
export interface RuntimeIdentity {
  /** The run's id at the results service. */
  readonly run: string;
  /** The job's id at the results service. */
  readonly job: string;
  /** Cache scopes, most specific first: a run writes to the first writable one and reads all in order. */
  readonly scopes: readonly CacheScope[];
}

export interface CacheScope {
  /** A git ref, such as `refs/heads/main`. */
  readonly scope: string;
  /** 1 reads, 3 reads and writes. */
  readonly permission: 1 | 3;
}

/** As long as a job may run. */
const lifetimeSeconds = 6 * 3600;

const scopeName = 'Actions.Results';

/** An unsigned JWT with the claims that GitHub's ACTIONS_RUNTIME_TOKEN carries, and that `@actions/artifact` and BuildKit read. */
export function runtimeToken(identity: RuntimeIdentity): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    nbf: now - 300,
    exp: now + lifetimeSeconds,
    scp: `Actions.GenericRead:00000000-0000-0000-0000-000000000000 ${scopeName}:${identity.run}:${identity.job}`,
    ac: JSON.stringify(
      identity.scopes.map(({ scope, permission }) => ({ Scope: scope, Permission: permission })),
    ),
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

/** Reads the identity from an Authorization header; undefined when it carries no such token. */
export function identityOf(authorization: string | undefined): RuntimeIdentity | undefined {
  const payload = /^Bearer [^.]*\.([^.]+)\./i.exec(authorization ?? '')?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      scp?: unknown;
      ac?: unknown;
    };
    const scope = String(claims.scp)
      .split(' ')
      .map((text) => text.split(':'))
      .find(([name, run, job]) => name === scopeName && run && job);
    if (!scope) return undefined;
    return { run: scope[1] ?? '', job: scope[2] ?? '', scopes: scopesOf(claims.ac) };
  } catch {
    return undefined;
  }
}

function scopesOf(claim: unknown): CacheScope[] {
  if (typeof claim !== 'string') return [];
  const scopes = JSON.parse(claim) as { Scope: string; Permission: number }[];
  return scopes.map(({ Scope, Permission }) => ({ scope: Scope, permission: Permission === 3 ? 3 : 1 }));
}
