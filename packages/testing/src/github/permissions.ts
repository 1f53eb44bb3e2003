/** What a token may do, as in a workflow's `permissions:` block; what is not named is `none`. */
export type Permissions = Readonly<Record<string, 'read' | 'write' | 'none'>>;

export interface Grants {
  /** Everything, unless given. */
  readonly permissions?: Permissions;
  /** Single grants to take away, such as `checks:write`. Taking away `checks:read` takes `checks:write` too. */
  readonly deny?: readonly string[];
}

/** Whether any of the permissions an operation asks for is granted. Metadata can always be read. */
export function isPermitted(wanted: readonly string[], grants: Grants): boolean {
  return wanted.some((want) => {
    const [scope = '', level = 'read'] = want.split(':');
    if (grants.deny?.includes(want) || grants.deny?.includes(`${scope}:read`)) return false;
    if (scope === 'metadata' || !grants.permissions) return true;
    const granted = grants.permissions[scope] ?? 'none';
    return granted === 'write' || granted === level;
  });
}

/** The header in which GitHub says what would have been enough: `issues=write; pull_requests=write`. */
export function acceptedHeader(wanted: readonly string[]): string {
  return wanted.map((want) => want.replaceAll('-', '_').replace(':', '=')).join('; ');
}
