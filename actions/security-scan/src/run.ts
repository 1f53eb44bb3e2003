import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { context, group, messageOf, type Outputs, warning, writeSummary } from '@fairway/action-kit';
import { countBySeverity, toSarif } from '@fairway/reports/findings';
import {
  annotate,
  applyWaivers,
  collect,
  fromRoot,
  readWaivers,
  sectionsOf,
  tell,
  verdictOf,
} from '@fairway/scan-kit';
import { changedExceptions, tellExceptions } from './exceptions.js';
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

  const folder = fromRoot(here.workspace, inputs.folder);
  const of = folder === '.' ? '' : folder;
  const ran = inputs.scanners.filter((name) => !broken.includes(name));
  const sarif = toSarif(ran, verdict.open, of);
  outputs.set('sarif-path', await writeSarif(scope, sarif));
  outputs.set('findings', verdict.open.length);
  outputs.set('waived', verdict.waived.length);
  const { info: _, ...counts } = countBySeverity(verdict.open);
  for (const [severity, count] of Object.entries(counts)) outputs.set(severity as keyof typeof counts, count);
  outputs.set('result', verdict.result);

  annotate(verdict);
  const also = tellExceptions(await changedExceptions(scope));
  await writeSummary([...sectionsOf(verdict), ...also]);
  // The applications of one repository keep their comments and their alerts apart.
  const comment = inputs.comment ? ['security-scan', of].filter(Boolean).join(':') : '';
  try {
    const telling = { ...inputs, uploadSarif: inputs.uploadSarif && ran.length > 0, comment, also };
    await tell(telling, here, verdict, sarif);
  } catch (error) {
    // It is judged: that GitHub could not be told must not stand in the place of what was found.
    warning(`What the scan found did not reach GitHub: ${messageOf(error)}`);
  }
  if (verdict.failure) throw verdict.failure;
}

async function writeSarif(scope: Scope, sarif: string): Promise<string> {
  const path = scope.inputs.sarifFile || join(scope.temp, 'findings.sarif');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, sarif);
  return path;
}
