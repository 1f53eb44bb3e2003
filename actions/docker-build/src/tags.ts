import { isTag, toTag } from '@fairway/image-registry';
import { badRule, type TagRule } from './tag-rule.js';
import { compareVersions, parseVersion, type Version } from './version.js';

/** What tags are made from. The names are their authors': hostile until made legal. */
export interface TagFacts {
  readonly eventName: string;
  readonly refType: string;
  readonly refName: string;
  readonly sha: string;
  readonly pullRequest?: number;
  /** For `{{date}}`. */
  readonly now: Date;
}

export interface Tag {
  readonly name: string;
  /** A tag that is moved from release to release (`latest`, `1`, `1.2`) and may only move forward. */
  readonly moving?: { readonly version: Version; readonly within: 'any' | 'major' | 'minor' };
}

/** The tags that the rules give for this ref, in their order, each name once. At least one: the commit's own. */
export function planTags(rules: readonly TagRule[], facts: TagFacts): Tag[] {
  const tags = new Map<string, Tag>();
  for (const rule of rules) {
    if (!isEnabled(rule)) continue;
    const tag = tagOf(rule, facts);
    if (tag !== undefined && !tags.has(tag.name)) tags.set(tag.name, tag);
  }
  if (tags.size === 0) tags.set(shaTag(facts.sha), { name: shaTag(facts.sha) });
  return [...tags.values()];
}

function tagOf(rule: TagRule, facts: TagFacts): Tag | undefined {
  const made = bareTag(rule, facts);
  if (made === undefined || made.name === '') return undefined;
  const name = `${rule.fields.get('prefix') ?? defaultPrefix(rule)}${made.name}${rule.fields.get('suffix') ?? ''}`;
  if (!isTag(name)) throw badRule(rule.line, `it gives '${name}', which is no legal tag (${LEGAL})`);
  return { ...made, name };
}

const LEGAL = 'letters, digits, _ . -, at most 128, not beginning with . or -';

function defaultPrefix(rule: TagRule): string {
  return { sha: 'sha-', pr: 'pr-' }[rule.type as string] ?? '';
}

function bareTag(rule: TagRule, facts: TagFacts): Tag | undefined {
  const field = (name: string) => rule.fields.get(name) ?? '';
  switch (rule.type) {
    case 'ref':
      return refTag(field('event'), facts);
    case 'sha':
      return { name: field('format') === 'long' ? facts.sha : facts.sha.slice(0, 12) };
    case 'pr':
      return facts.pullRequest === undefined ? undefined : { name: String(facts.pullRequest) };
    case 'schedule':
      return facts.eventName === 'schedule'
        ? { name: expand(field('pattern') || 'nightly', facts) }
        : undefined;
    case 'raw':
      return { name: expand(field('value'), facts) };
    case 'match':
      return matchTag(field('pattern'), Number(field('group') || 0), facts);
    case 'semver':
      return versionTag(field('pattern') || '{{version}}', field('value') || tagName(facts));
    case 'latest':
      return latestTag(parseVersion(tagName(facts)));
  }
}

function refTag(event: string, facts: TagFacts): Tag | undefined {
  const kind = facts.pullRequest === undefined ? facts.refType : 'pr';
  if (event !== '' && event !== kind) return undefined;
  if (kind === 'pr') return event === 'pr' ? { name: `pr-${facts.pullRequest}` } : undefined;
  // A version tag is the semver rule's; giving it again as `v1.2.3` would only be a second name for it.
  if (kind === 'tag' && event === '' && parseVersion(facts.refName)) return undefined;
  return facts.eventName === 'schedule' && event === '' ? undefined : { name: toTag(facts.refName) };
}

function matchTag(pattern: string, groupNumber: number, facts: TagFacts): Tag | undefined {
  const found = new RegExp(pattern).exec(facts.refName.slice(0, 256));
  return found === null ? undefined : { name: toTag(found[groupNumber] ?? '') };
}

function versionTag(pattern: string, value: string): Tag | undefined {
  const version = parseVersion(value);
  if (version === undefined) return undefined;
  const whole = /\{\{(?:version|raw|patch)\}\}/.test(pattern);
  // A pre-release is not what somebody who asks for `1.2` wants.
  if (!whole && version.prerelease.length > 0) return undefined;
  if (pattern === '{{major}}' && version.major === 0) return undefined; // 0.x promises nothing
  const name = pattern
    .replaceAll('{{version}}', version.text)
    .replaceAll('{{raw}}', value)
    .replaceAll('{{major}}', String(version.major))
    .replaceAll('{{minor}}', String(version.minor))
    .replaceAll('{{patch}}', String(version.patch))
    .replaceAll('+', '_');
  if (whole) return { name };
  return { name, moving: { version, within: pattern.includes('{{minor}}') ? 'minor' : 'major' } };
}

function latestTag(version: Version | undefined): Tag | undefined {
  if (version === undefined || version.prerelease.length > 0) return undefined;
  return { name: 'latest', moving: { version, within: 'any' } };
}

function tagName(facts: TagFacts): string {
  return facts.refType === 'tag' ? facts.refName : '';
}

function expand(pattern: string, facts: TagFacts): string {
  return pattern
    .replaceAll('{{branch}}', facts.refType === 'branch' ? toTag(facts.refName) : '')
    .replaceAll('{{sha}}', facts.sha.slice(0, 12))
    .replaceAll('{{pr}}', String(facts.pullRequest ?? ''))
    .replaceAll('{{date}}', facts.now.toISOString().slice(0, 10).replaceAll('-', ''));
}

function shaTag(sha: string): string {
  return `sha-${sha.slice(0, 12) || 'unknown'}`;
}

function isEnabled(rule: TagRule): boolean {
  return (rule.fields.get('enable') ?? 'true') === 'true';
}

/**
 * Leaves out the moving tags that would go backwards: a patch of an older line must not take `latest` from a newer
 * release that is in the registry already.
 */
export function onlyForward(
  tags: readonly Tag[],
  inRegistry: readonly string[],
): { readonly kept: Tag[]; readonly held: { readonly name: string; readonly newer: string }[] } {
  const releases = inRegistry
    .flatMap((name) => parseVersion(name) ?? [])
    .filter((version) => version.prerelease.length === 0);
  const kept: Tag[] = [];
  const held: { name: string; newer: string }[] = [];
  for (const tag of tags) {
    const newer = tag.moving && newest(releases.filter((other) => outranks(other, tag.moving)));
    if (newer) held.push({ name: tag.name, newer: newer.text });
    else kept.push(tag);
  }
  return { kept, held };
}

function outranks(other: Version, moving: Tag['moving']): boolean {
  if (moving === undefined || compareVersions(other, moving.version) <= 0) return false;
  if (moving.within === 'any') return true;
  if (other.major !== moving.version.major) return false;
  return moving.within === 'major' || other.minor === moving.version.minor;
}

function newest(versions: readonly Version[]): Version | undefined {
  return versions.toSorted(compareVersions).at(-1);
}
