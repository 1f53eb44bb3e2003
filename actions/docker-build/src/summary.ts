import { formatBytes, formatDuration, md, type Section, writeSummary } from '@fairway/action-kit';
import { quoted } from '@fairway/exec-kit';
import type { ImageContent } from '@fairway/image-registry';
import { type BuildTrace, dockerfileSteps, durationOf, type Step } from './build-trace.js';
import { type Evidence, PROVENANCE, SBOM } from './evidence.js';
import type { Phase } from './inputs.js';
import { reportSizes, type SizeReport } from './size-report.js';

/** A scan of the image, judged. */
export interface Scanned {
  readonly result: string;
  /** Waived ones not counted. */
  readonly findings: number;
  readonly sarifPath: string;
  readonly sections: readonly Section[];
}

/** What is known of the build so far; the summary and the outputs are made from it, whatever happened. */
export interface Account {
  readonly phase: Phase;
  readonly image: string;
  tags: readonly string[];
  digest: string;
  pushed: boolean;
  succeeded?: boolean;
  /** What the image has passed. */
  readonly checks: string[];
  trace?: BuildTrace;
  metadata?: Readonly<Record<string, unknown>>;
  buildMs?: number;
  content?: ImageContent;
  sizes?: readonly SizeReport[];
  evidence?: Evidence;
  /** The image in OCI layout, where it was written to disk. */
  layout?: string;
  /** What the scan found, and how it was judged. */
  scan?: Scanned;
  /** The reference of its signature. */
  signature?: string;
  /** Who signed it without a key, and who vouched for them. */
  signer?: { readonly identity: string; readonly issuer: string };
}

export async function writeAccount(account: Account): Promise<void> {
  await writeSummary(sections(account));
}

/** Most important first; what does not fit goes from the end. */
export function sections(account: Account): Section[] {
  const steps = account.trace ? dockerfileSteps(account.trace) : [];
  const failed = [...(account.trace?.steps.values() ?? [])].find(
    ({ error, name }) =>
      error !== '' && !/context canceled/i.test(error) && !name.startsWith('importing cache'),
  );
  const sizes = account.sizes ?? (account.content ? reportSizes(account.content) : []);
  return [
    { title: 'overview', body: overview(account, steps), priority: 9 },
    ...(failed && !account.succeeded
      ? [{ title: 'the failed step', body: failure(failed), priority: 8 }]
      : []),
    ...(account.scan?.sections ?? []).map((section) => ({
      ...section,
      priority: section.priority / 100 + 6.5,
    })),
    ...(sizes.length > 0 ? [{ title: 'sizes', body: sizeTable(sizes), priority: 6 }] : []),
    ...(account.pushed ? [{ title: 'how to pull', body: howToPull(account), priority: 5 }] : []),
    ...(steps.length > 0 ? [{ title: 'steps', body: stepTable(steps), priority: 4 }] : []),
  ];
}

function overview(account: Account, steps: readonly Step[]): string {
  const state = stateOf(account);
  const hits = steps.filter(({ cached }) => cached).length;
  const platforms = account.content?.images.map(({ platform }) => md.code(platform)).join(' ') ?? '';
  const attested =
    account.content?.attestations.map(({ predicate }) => md.code(predicate)).join('<br>') ?? '';
  const rows: [string, string][] = [
    ['Image', md.code(account.image)],
    ['Digest', account.digest === '' ? '' : md.code(account.digest)],
    ['Tags', account.succeeded ? account.tags.map((tag) => md.code(tag)).join(' ') : ''],
    ['Platforms', platforms],
    ['Attestations', attested],
    ['SBOM', account.evidence?.packages === undefined ? '' : `${account.evidence.packages} packages`],
    ['Checks', account.checks.map(md.text).join(', ')],
    ['Built in', account.buildMs === undefined ? '' : formatDuration(account.buildMs)],
    ['From cache', steps.length === 0 ? '' : `${hits} of ${steps.length} steps`],
  ];
  const icon = account.succeeded ? '✅' : '❌';
  return `### ${icon} Image ${state}\n\n${md.table(
    ['', ''],
    rows.filter(([, value]) => value !== ''),
  )}`;
}

function stateOf({ succeeded, pushed, phase }: Account): string {
  if (!succeeded) return phase === 'verify' ? 'refused' : 'failed';
  if (phase === 'verify') return 'verified';
  if (phase === 'sign') return 'signed';
  return pushed ? 'pushed' : 'built, not pushed';
}

function failure(step: Step): string {
  const tail = step.tail.length > 0 ? md.codeBlock(step.tail.join('\n')) : '';
  return `#### ${md.code(step.name)}\n\n${md.text(step.error)}\n\n${tail}`;
}

const SHOWN_LAYERS = 10;

function sizeTable(reports: readonly SizeReport[]): string {
  const table = (report: SizeReport) => {
    const shown = report.layers.slice(0, SHOWN_LAYERS);
    const rows = shown.map(({ size, createdBy, isNew }) => [
      formatBytes(size),
      isNew ? 'new' : '',
      md.code(createdBy.slice(0, 140) || 'unknown'),
    ]);
    const more = report.layers.length - shown.length;
    return `${md.table(['Layer', '', 'Made by'], rows)}${more > 0 ? `\n\nand ${more} smaller` : ''}`;
  };
  return reports
    .map((report) =>
      md.details(`${report.platform}: ${formatBytes(report.size)}${difference(report)}`, table(report)),
    )
    .join('\n');
}

function difference({ size, before }: SizeReport): string {
  if (before === undefined) return '';
  const change = size - before;
  return ` (${change < 0 ? '−' : '+'}${formatBytes(Math.abs(change))} against before)`;
}

function howToPull(account: Account): string {
  const reference = `${account.image}@${account.digest}`;
  const lines = [`docker pull ${reference}`];
  const inspect = (what: string) =>
    lines.push(`docker buildx imagetools inspect ${reference} --format '{{ json .${what} }}'`);
  const attested = account.content?.attestations.map(({ predicate }) => predicate) ?? [];
  if (attested.some((type) => PROVENANCE.test(type))) inspect('Provenance');
  if (attested.some((type) => SBOM.test(type))) inspect('SBOM');
  const { signature, signer } = account;
  // A signature by a key is in no transparency log.
  if (signer !== undefined) {
    const { identity, issuer } = signer;
    const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer];
    lines.push(quoted('cosign', ['verify', ...who, reference]));
  } else if (signature !== undefined)
    lines.push(`cosign verify --insecure-ignore-tlog --key sign.pub ${reference}`);
  return md.details('Pull, inspect and verify', md.codeBlock(lines.join('\n'), 'sh'));
}

/** By the time they began; what came from the cache has none of its own worth telling, and stays where it was met. */
function inOrder(steps: readonly Step[]): Step[] {
  return steps.toSorted((a, b) => (a.started ?? Infinity) - (b.started ?? Infinity));
}

const TIMELINE_WIDTH = 24;

/** The steps in their order, with a bar for when each ran: what waits for what shows at once. */
function stepTable(steps: readonly Step[]): string {
  const ran = steps.filter((step) => !step.cached && durationOf(step) > 0);
  const start = Math.min(...ran.map((step) => step.started ?? 0));
  const span = Math.max(1, ...ran.map((step) => (step.completed ?? start) - start));
  const bar = (step: Step) => {
    if (step.cached || durationOf(step) === 0) return '';
    const from = Math.floor((((step.started ?? start) - start) / span) * TIMELINE_WIDTH);
    const width = Math.max(1, Math.round((durationOf(step) / span) * TIMELINE_WIDTH));
    return `\`${'·'.repeat(from)}${'█'.repeat(width)}\``;
  };
  const rows = inOrder(steps).map((step) => [
    md.code(step.name.slice(0, 140)),
    step.cached ? 'cached' : step.error === '' ? formatDuration(durationOf(step)) : '❌',
    bar(step),
  ]);
  return md.details(`Steps (${steps.length})`, md.table(['Step', 'Time', 'When'], rows));
}
