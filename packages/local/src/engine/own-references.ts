/**
 * `uses: $/actions/x` means "this repository, at the running commit" (GitHub, 2026). act rejects it
 * (nektos/act#6189), so in a staged copy each such reference, and nothing else, becomes `owner/repo/actions/x@ref`.
 */
const ownReference = /^(\s*(?:-\s+)?uses:\s*["']?)\$\/([\w./-]+)(["']?\s*(?:#.*)?)$/;

/** One line that the staged copy changes. `line` counts from 1. */
export interface RewrittenLine {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** Where the references lead: `fairway-ci/fairway` and the ref that the caller's file pins. */
export interface OwnRepository {
  readonly slug: string;
  readonly ref: string;
}

/** Rewrites one file's text; every line but those with an own reference comes out as it went in. Pure. */
export function rewriteOwnReferences(
  file: string,
  source: string,
  repository: OwnRepository,
): { readonly text: string; readonly rewritten: readonly RewrittenLine[] } {
  const rewritten: RewrittenLine[] = [];
  const lines = source.split('\n').map((from, index) => {
    const match = ownReference.exec(from);
    if (match === null) return from;
    const [, before = '', path = '', after = ''] = match;
    const to = `${before}${repository.slug}/${path}@${repository.ref}${after}`;
    rewritten.push({ file, line: index + 1, from, to });
    return to;
  });
  return { text: lines.join('\n'), rewritten };
}

/**
 * Says what, besides own references, differs between a source and its staged copy; empty when nothing does.
 * Asked of the files on disk after staging, so that "nothing else was rewritten" is seen and not believed.
 */
export function foreignDifferences(
  file: string,
  source: string,
  staged: string,
  repository: OwnRepository,
): readonly string[] {
  const [before, after] = [source.split('\n'), staged.split('\n')];
  if (before.length !== after.length)
    return [`${file}: ${before.length} lines became ${after.length} lines.`];
  const prefix = `${repository.slug}/`;
  const suffix = `@${repository.ref}`;
  return before.flatMap((line, index) => {
    const copy = after[index] ?? '';
    if (line === copy) return [];
    const undone = copy.replace(prefix, '$/').replace(suffix, '');
    return undone === line && line.includes('uses:')
      ? []
      : [`${file}:${index + 1}: '${line}' became '${copy}'.`];
  });
}
