import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Context, context, group, type Outputs, writeSummary } from '@fairway/action-kit';
import { countBySeverity, toSarif } from '@fairway/reports/findings';
import {
  annotate,
  applyWaivers,
  collect,
  fromRoot,
  readWaivers,
  sectionsOf,
  tell,
  type Verdict,
  verdictOf,
} from '@fairway/scan-kit';
import { gitleaks } from './gitleaks.js';
import { hadolint } from './hadolint.js';
import type { Inputs, ScannerName } from './inputs.js';
import { podSecurity } from './manifests.js';
import type { ScanOutputs } from './outputs.js';
import type { Scanner, Scope } from './scanner.js';
import { zizmor } from './zizmor.js';

const SCANNERS: Readonly<Record<ScannerName, Scanner>> = {
  gitleaks,
  zizmor,
  hadolint,
  'pod-security': podSecurity,
};

/** Scans with each scanner, judges once, and tells the same everywhere. */
export async function run(inputs: Inputs, outputs: Outputs<ScanOutputs>): Promise<void> {
  const here = context();
  const waivers = await readWaivers(inputs.waivers);
  const scope = { inputs, root: here.workspace, temp: await mkdtemp(join(here.temp, 'security-scan-')) };
  const { findings, broken } = await collect(inputs.scanners, (name) =>
    group(`Scan with ${name}`, () => SCANNERS[name](scope)),
  );
  const today = new Date().toISOString().slice(0, 10);
  const verdict = verdictOf(applyWaivers(findings, waivers, today), broken, inputs.failOn);

  outputs.set('sarif-path', await writeSarif(scope, verdict, broken));
  outputs.set('findings', verdict.open.length);
  outputs.set('waived', verdict.waived.length);
  const { info: _, ...counts } = countBySeverity(verdict.open);
  for (const [severity, count] of Object.entries(counts)) outputs.set(severity as keyof typeof counts, count);
  outputs.set('result', verdict.result);

  annotate(verdict);
  await writeSummary(sectionsOf(verdict));
  const telling = { ...inputs, comment: inputs.comment ? markerOf(inputs, here as Context) : '' };
  await tell(telling, here as Context, verdict, toSarif(ranOf(inputs, broken), verdict.open));
  if (verdict.failure) throw verdict.failure;
}

function ranOf(inputs: Inputs, broken: readonly ScannerName[]): ScannerName[] {
  return inputs.scanners.filter((name) => !broken.includes(name));
}

async function writeSarif(scope: Scope, verdict: Verdict, broken: readonly ScannerName[]): Promise<string> {
  const path = scope.inputs.sarifFile || join(scope.temp, 'findings.sarif');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, toSarif(ranOf(scope.inputs, broken), verdict.open));
  return path;
}

/** One comment for each folder that is scanned: the applications of one repository keep theirs apart. */
function markerOf(inputs: Inputs, here: Context): string {
  const folder = fromRoot(here.workspace, inputs.folder);
  return folder === '.' ? 'security-scan' : `security-scan:${folder}`;
}
