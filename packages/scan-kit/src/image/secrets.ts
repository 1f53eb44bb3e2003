import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { type RunResult, run } from '@fairway/exec-kit';
import type { Finding } from '@fairway/reports/findings';
import { ensureTool } from '@fairway/tool-install';
import { type Leak, leaksIn, quietly, SAID_BYTES } from '../gitleaks.js';
import { fingerprint, parseReport, refuseStopped } from '../report.js';
import { layOut } from './layers.js';
import { type Origin, originsOf } from './origins.js';
import type { ImageScope } from './scope.js';

/**
 * Secrets in each layer, also in what a later layer removes again, and in the image's environment and history.
 * The secret itself is never in what gitleaks hands over.
 */
export async function imageSecrets(scope: ImageScope): Promise<Finding[]> {
  await ensureTool('gitleaks', { mirror: scope.mirror });
  const folder = join(scope.temp, 'layers');
  const { layers } = await layOut(scope.layout, scope.digest, folder);
  const { leaks, result } = await search(scope, folder, 1);
  refuseUnreadLayer(result);
  // At an archive in a layer that it cannot read gitleaks leaves the whole layer, without a word: hence the first search
  // for all files, and one of its own for what is packed in archives, as far as that comes.
  const packed = /exceeds max archive depth/.test(result.stderr)
    ? await search(scope, folder, 2)
    : { leaks: [] };
  const origins = await originsIn(scope.provenances);
  return [...leaks, ...packed.leaks].map((leak) => {
    const [file = '', ...inside] = leak.file.split('!');
    const layer = layers.get(file);
    const origin = layer === undefined ? undefined : origins.get(layer);
    return findingOf(leak, { layer, inside: inside.join('!'), origin, dockerfile: scope.dockerfile });
  });
}

/** @param depth 1 looks into layers, 2 also into archives in them */
async function search(
  scope: ImageScope,
  folder: string,
  depth: number,
): Promise<{ readonly leaks: Leak[]; readonly result: RunResult }> {
  const report = join(scope.temp, `gitleaks-${depth}.json`);
  const config = scope.gitleaksConfig === '' ? [] : [`--config=${scope.gitleaksConfig}`];
  const result = await run(
    'gitleaks',
    ['dir', ...quietly(report), ...config, `--max-archive-depth=${depth}`, '.'],
    { cwd: folder, timeoutMs: scope.timeoutMs, captureBytes: SAID_BYTES, show: 'never' },
  );
  refuseStopped('gitleaks', result);
  const text = await readFile(report, 'utf8').catch(() => '');
  return { leaks: leaksIn(parseReport('gitleaks', text, result)), result };
}

async function originsIn(provenances: readonly string[]): Promise<Map<string, Origin>> {
  const maps = provenances.map(async (path) => originsOf(JSON.parse(await readFile(path, 'utf8'))));
  return new Map((await Promise.all(maps)).flatMap((origins) => [...origins]));
}

/**
 * gitleaks goes on where it cannot read on, and ends with 0: nobody looked there, which is not "no secret".
 * @throws ActionError 'scanner-failed'
 */
export function refuseUnreadLayer({ exitCode, stderr }: Pick<RunResult, 'exitCode' | 'stderr'>): void {
  const unread = /^.* ERR (.*)$/m.exec(stderr)?.[1];
  if (unread === undefined && exitCode === 0) return;
  const said = unread ?? (stderr.trim().slice(-2000) || 'nothing');
  throw new ActionError('scanner-failed', `gitleaks could not look through the image: ${said}`, {
    remedy: 'Run the job again. If it is the configuration, mend .gitleaks.toml where the message says.',
  });
}

/**
 * A leak as a finding on the line of the Dockerfile that brought it in. What comes with a base image is not for this
 * repository to mend: it is told, and does not block by itself. A layer whose origin is not known counts as our own.
 * Pure.
 */
export function findingOf(
  leak: Leak,
  at: {
    /** The layer's digest; undefined for the image's configuration. */
    readonly layer: string | undefined;
    readonly inside: string;
    readonly origin: Origin | undefined;
    readonly dockerfile: string;
  },
): Finding {
  const line = at.origin?.by === 'dockerfile' ? at.origin.line : 1;
  const inBase = at.origin?.by === 'base-image';
  return {
    scanner: 'image-secrets',
    rule: leak.rule,
    severity: inBase ? 'medium' : 'critical',
    message: `${leak.description} ${placeOf(at)} ${inBase ? 'Look whether it is one.' : 'Revoke it, if the image was ever anywhere; then build without it: secrets belong in `RUN --mount=type=secret`.'}`,
    path: at.dockerfile,
    ...(at.layer !== undefined && { inside: at.inside }),
    startLine: line,
    endLine: line,
    fingerprint: fingerprint(
      'image-secrets',
      leak.rule,
      at.layer === undefined ? 'configuration' : at.inside,
    ),
  };
}

function placeOf({ layer, inside, origin }: Parameters<typeof findingOf>[1]): string {
  if (layer === undefined)
    return 'It is in the image’s environment, labels or history, which everyone reads who can pull it.';
  const short = layer.slice(0, 19);
  if (origin?.by === 'base-image')
    return `It is in /${inside}, in the layer ${short} of the base image ${origin.image}.`;
  return `It is in /${inside}, in the layer ${short}${origin === undefined ? '' : ` that line ${origin.line} made`}; it stays there when a later line removes it.`;
}
