import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions, Tags } from 'yaml';

const NUMBER = 'tag:yaml.org,2002:int';

/** As Go reads an integer of any base: `0644` is octal, and so is `0o644`. */
const INTEGER = /^[-+]?(?:0[bB][01_]+|0[oO]?[0-7_]+|0[xX][\da-fA-F_]+|0|[1-9][\d_]*)$/;
const DECIMAL = /^[-+]?(?:\.\d+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/;

const integer: ScalarTag = {
  tag: NUMBER,
  default: true,
  test: INTEGER,
  resolve: (text) => numberOr(text, wholeOf(text.replaceAll('_', ''))),
};

const decimal: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: DECIMAL,
  resolve: (text) => numberOr(text, Number(text.replaceAll('_', ''))),
};

const binary: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  default: false,
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

/** Tags that are read otherwise here, or that kubectl knows nothing of: a date is text, and so is `12:30:45`. */
const OTHERWISE = new Set(['binary', 'float', 'int', 'omap', 'pairs', 'set', 'timestamp']);

/**
 * How kubectl reads a manifest, for the parser of `yaml`: by YAML 1.1, in which `mode: 0644` is 420 and `privileged: yes`
 * is true, and without what Go's reader leaves out of it. By YAML 1.2 the same file would be another object.
 * Source: go.yaml.in/yaml/v2 (which sigs.k8s.io/yaml reads with), resolve.go, function `resolve`.
 */
export const KUBE_YAML: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  customTags: (tags: Tags) => [...tags.filter((tag) => !isOtherwise(tag)), integer, decimal, binary],
};

function isOtherwise(tag: Tags[number]): boolean {
  if (typeof tag === 'string') return OTHERWISE.has(tag);
  // Infinity and what is no number are told apart by their words, and stay.
  if (tag.tag.endsWith(':float') && 'test' in tag && tag.test?.test('.inf')) return false;
  return OTHERWISE.has(tag.tag.slice(tag.tag.lastIndexOf(':') + 1));
}

function wholeOf(text: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? [];
  const octal = /^0[oO]?([0-7]+)$/.exec(digits)?.[1];
  const size = octal === undefined ? Number(digits) : Number.parseInt(octal, 8);
  return sign === '-' ? -size : size;
}

/** What only looks like a number, as `0x_`, is text. */
function numberOr(text: string, value: number): number | string {
  return Number.isNaN(value) ? text : value;
}
