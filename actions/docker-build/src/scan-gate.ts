import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, group, messageOf, warning } from '@fairway/action-kit';
import { toSarif } from '@fairway/reports/findings';
import {
  annotate,
  applyWaivers,
  readWaivers,
  sectionsOf,
  tell,
  type Verdict,
  verdictOf,
} from '@fairway/scan-kit';
import { scanImage } from '@fairway/scan-kit/image';
import type { Job } from './job.js';

/**
 * Scans the image in a layout and judges what is found, as security-scan judges what is found in a repository: one gate
 * by severity, waivers that expire, annotations, SARIF.
 *
 * @param dockerfile relative to the workspace: where findings are shown
 * @throws ActionError 'blocked' or 'scanner-failed'
 */
export async function scanGate(job: Job, layout: string, dockerfile: string): Promise<void> {
  const { inputs, account, folder, where } = job;
  const { scans, failOn, mirror } = inputs.scan;
  const waivers = await readWaivers(inputs.scan.waivers);
  const temp = join(folder, 'scan');
  await mkdir(temp, { recursive: true });
  const config = join(where.workspace, '.gitleaks.toml');
  const { findings, broken } = await group('Scan', () =>
    scanImage(scans, {
      layout,
      digest: account.digest,
      sboms: account.evidence?.sboms ?? [],
      provenances: account.evidence?.provenances ?? [],
      dockerfile,
      gitleaksConfig: existsSync(config) ? config : '',
      temp,
      mirror,
      timeoutMs: inputs.timeoutMs,
    }),
  );
  const today = new Date().toISOString().slice(0, 10);
  // A waiver of the repository's own scan that has expired is for that to refuse.
  const judged = { ...applyWaivers(findings, waivers, today), expired: [] };
  const verdict = verdictOf(judged, broken, failOn, 'scan');
  annotate(verdict);
  const ran = scans.filter((scan) => !broken.includes(scan)).map((scan) => `image-${scan}`);
  await report(job, verdict, toSarif(ran, verdict.open, categoryOf(job)));
  if (verdict.failure) throw verdict.failure;
  account.checks.push(`scanned for ${scans.join(' and ')}`);
}

async function report(
  { inputs, account, folder, where }: Job,
  verdict: Verdict,
  sarif: string,
): Promise<void> {
  const sarifPath = join(folder, 'image.sarif');
  await writeFile(sarifPath, sarif);
  account.scan = {
    result: verdict.result,
    findings: verdict.open.length,
    sarifPath,
    sections: sectionsOf(verdict, 'Image scan'),
  };
  try {
    await tell({ ...inputs.scan, comment: '' }, where as Context, verdict, sarif);
  } catch (error) {
    // It is judged: that code scanning could not be told neither lets an image through nor keeps one back.
    warning(`What the scan found did not reach code scanning: ${messageOf(error)}`);
  }
}

/** One for each image, and for each platform that a job of its own scans. */
function categoryOf({ inputs }: Job): string {
  return [inputs.image.full, ...inputs.build.platforms].join('/');
}
