import { ActionError } from '@fairway/action-kit';
import { runOrThrow } from '@fairway/exec-kit';

/** One target of bake files, as buildx resolved it. */
export interface BakeTarget {
  readonly name: string;
  /** Relative to the workspace; empty where the target is built from elsewhere. */
  readonly dockerfile: string;
}

/**
 * The targets that names and groups come to, in the files' order.
 * @throws ActionError 'command-failed' with buildx's own words for files that it cannot read
 */
export async function resolveTargets(
  buildx: string,
  files: readonly string[],
  wanted: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<BakeTarget[]> {
  const args = ['bake', '--print', ...files.flatMap((file) => ['--file', file]), ...wanted];
  const { stdout } = await runOrThrow(buildx, args, {
    env,
    show: 'never',
    timeoutMs: 60_000,
    remedy: 'Mend the bake file where the message points, or name what it has under  bake-targets',
  });
  return targetsOf(stdout);
}

/** Reads what `buildx bake --print` says. Source: docker docs, "Bake file reference". Pure. */
export function targetsOf(definition: string): BakeTarget[] {
  const { group, target } = JSON.parse(definition) as {
    group?: Record<string, { targets?: string[] }>;
    target?: Record<string, { context?: string; dockerfile?: string }>;
  };
  const targets = new Map<string, BakeTarget>();
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const found = target?.[name];
    if (found) targets.set(name, { name, dockerfile: dockerfileOf(found) });
    else for (const member of group?.[name]?.targets ?? []) visit(member);
  };
  visit('default');
  const wrong = [...targets.keys()].find((name) => !/^[a-z0-9]+(?:[_-]+[a-z0-9]+)*$/.test(name));
  if (wrong !== undefined) {
    throw new ActionError('bad-bake', `The target '${wrong}' cannot name an image.`, {
      remedy:
        'Give it a name of small letters, digits, - and _: each target is pushed as an image of its name.',
    });
  }
  if (targets.size > 0) return [...targets.values()];
  throw new ActionError('bad-bake', 'The bake files have nothing to build by that name.', {
    remedy: 'Name targets or groups of theirs under  bake-targets, or give them a group "default".',
  });
}

function dockerfileOf({
  context = '.',
  dockerfile = 'Dockerfile',
}: {
  context?: string;
  dockerfile?: string;
}): string {
  if (context.includes('://') || dockerfile.startsWith('/')) return '';
  return context === '.' ? dockerfile : `${context.replace(/\/$/, '')}/${dockerfile}`;
}
