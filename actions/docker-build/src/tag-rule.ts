import { ActionError } from '@fairway/action-kit';

const TYPES = ['ref', 'sha', 'semver', 'schedule', 'raw', 'pr', 'match', 'latest'] as const;
export type TagRuleType = (typeof TYPES)[number];

/** One line of the input `tags`. */
export interface TagRule {
  readonly type: TagRuleType;
  /** The line as it was written, for messages. */
  readonly line: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** What each type understands beside `prefix`, `suffix` and `enable`. */
const FIELDS: Readonly<Record<TagRuleType, readonly string[]>> = {
  ref: ['event'],
  sha: ['format'],
  semver: ['pattern', 'value'],
  schedule: ['pattern'],
  raw: ['value'],
  pr: [],
  match: ['pattern', 'group'],
  latest: [],
};

/**
 * The rules that hold when none are given: a branch gives its name, a version tag gives `1.2.3`, `1.2`, `1` and
 * `latest` (the moving ones only when nothing newer is in the registry), a pull request `pr-7`, a schedule `nightly`;
 * each gives `sha-…` too, the one tag that never moves.
 */
export const DEFAULT_RULES: readonly string[] = [
  'type=semver,pattern={{version}}',
  'type=semver,pattern={{major}}.{{minor}}',
  'type=semver,pattern={{major}}',
  'type=latest',
  'type=ref',
  'type=pr',
  'type=schedule',
  'type=sha',
];

/**
 * Reads `type=…,key=value` lines; a field that holds a comma is quoted (`"pattern=v(\d{1,3})"`), and a line without
 * `=` is a tag as it stands.
 * @throws ActionError 'bad-tag-rule'
 */
export function parseTagRule(line: string): TagRule {
  if (!line.includes('=')) return { type: 'raw', line, fields: new Map([['value', line]]) };
  const fields = new Map<string, string>();
  for (const part of line.match(/"(?:[^"]|"")*"|[^,]+/g) ?? []) {
    const field = part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim();
    const at = field.indexOf('=');
    if (at < 1) throw badRule(line, `'${field}' is not key=value`);
    fields.set(field.slice(0, at).trim(), field.slice(at + 1).trim());
  }
  const type = TYPES.find((known) => known === fields.get('type'));
  if (type === undefined) {
    throw badRule(line, `its type is '${fields.get('type') ?? ''}', and must be one of ${TYPES.join(', ')}`);
  }
  fields.delete('type');
  const known = [...FIELDS[type], 'prefix', 'suffix', 'enable'];
  for (const key of fields.keys()) {
    if (!known.includes(key)) throw badRule(line, `type=${type} knows ${known.join(', ')}, not '${key}'`);
  }
  if (!['true', 'false', ''].includes(fields.get('enable') ?? 'true')) {
    throw badRule(line, `enable is '${fields.get('enable')}', and must be true or false`);
  }
  checkPattern(type, fields, line);
  return { type, line, fields };
}

function checkPattern(type: TagRuleType, fields: ReadonlyMap<string, string>, line: string): void {
  if (type === 'raw' && !fields.get('value')) throw badRule(line, "type=raw needs 'value'");
  if (type !== 'match') return;
  try {
    new RegExp(fields.get('pattern') ?? '');
  } catch (cause) {
    throw badRule(line, `its pattern is no regular expression: ${String(cause)}`);
  }
  if (!fields.get('pattern')) throw badRule(line, "type=match needs 'pattern'");
}

export function badRule(line: string, why: string): ActionError {
  return new ActionError('bad-tag-rule', `The tag rule '${line}' cannot be followed: ${why}.`, {
    remedy: `Write it as, for example,  type=semver,pattern={{version}}  or  type=raw,value=stable`,
  });
}
