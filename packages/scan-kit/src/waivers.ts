import { readFile } from 'node:fs/promises';
import { ActionError } from '@fairway/action-kit';
import type { Finding } from '@fairway/reports/findings';
import { list, string, type Tree, tree } from './report.js';

/** A finding that somebody accepts for a time. */
export interface Waiver {
  readonly rule: string;
  /** The path it holds for, of the repository or in an image; empty for all. A closing `/**` stands for a folder. */
  readonly path: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD` in UTC. */
  readonly expires: string;
}

/**
 * Reads the waivers; none where there is no file.
 * @throws ActionError 'bad-waiver' for an entry that lacks its owner, reason or expiry: without them it never ends
 */
export async function readWaivers(path: string): Promise<Waiver[]> {
  const text = path === '' ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw badWaiver(`${path} is not YAML that can be read.`, cause);
  }
  return list(tree(document).waivers).map((entry, index) => waiverOf(tree(entry), index + 1));
}

function waiverOf(entry: Tree, number: number): Waiver {
  const waiver = {
    rule: string(entry.rule),
    path: string(entry.path),
    owner: string(entry.owner),
    reason: string(entry.reason),
    expires: string(entry.expires),
  };
  const missing = (['rule', 'owner', 'reason'] as const).filter((key) => waiver[key] === '');
  if (missing.length > 0) throw badWaiver(`Waiver ${number} has no ${missing.join(', no ')}.`);
  // A list, a number or nothing after `path:` would count as left out, and waive the rule everywhere.
  if (entry.path !== undefined && waiver.path === '') {
    throw badWaiver(`Waiver ${number} (${waiver.rule}) has a path that is not one path.`);
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(waiver.expires) || Number.isNaN(Date.parse(waiver.expires))) {
    throw badWaiver(`Waiver ${number} (${waiver.rule}) has no expiry of the form YYYY-MM-DD.`);
  }
  return waiver;
}

function badWaiver(message: string, cause?: unknown): ActionError {
  return new ActionError('bad-waiver', message, {
    remedy:
      "Write each under 'waivers:' as  { rule: DL3008, path: Dockerfile, owner: '@team', reason: '…', expires: '2030-01-31' }",
    cause,
  });
}

/** Findings told apart by the waivers; `today` is `YYYY-MM-DD`. An expired waiver covers nothing. */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  today: string,
): { readonly open: Finding[]; readonly waived: Finding[]; readonly expired: Waiver[] } {
  const holding = waivers.filter(({ expires }) => expires >= today);
  const open: Finding[] = [];
  const waived: Finding[] = [];
  for (const finding of findings) (holding.some((w) => covers(w, finding)) ? waived : open).push(finding);
  return { open, waived, expired: waivers.filter(({ expires }) => expires < today) };
}

function covers(waiver: Waiver, finding: Finding): boolean {
  if (waiver.rule !== finding.rule) return false;
  if (waiver.path === '') return true;
  const folder = waiver.path.endsWith('/**') ? waiver.path.slice(0, -2) : undefined;
  const places = [finding.path, ...(finding.inside === undefined ? [] : [finding.inside])];
  return places.some((place) => place === waiver.path || (folder !== undefined && place.startsWith(folder)));
}
