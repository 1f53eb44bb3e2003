import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { run } from '@fairway/exec-kit';
import type { Finding, Severity } from '@fairway/reports/findings';
import { ensureTool } from '@fairway/tool-install';
import { fingerprint, list, parseReport, string, type Tree, tree } from '../report.js';
import type { ImageScope } from './scope.js';

/**
 * Known vulnerabilities of the packages that the image's SBOM names, by osv-scanner. It asks osv.dev, or with
 * OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY set nobody: then the database in that folder counts.
 *
 * @throws ActionError 'no-sbom' for an image without one
 */
export async function imageVulnerabilities(scope: ImageScope): Promise<Finding[]> {
  if (scope.sboms.length === 0) {
    throw new ActionError(
      'no-sbom',
      'The image has no SBOM, and vulnerabilities are looked up by what one names.',
      {
        remedy: 'Let the build make one:  sbom: true',
      },
    );
  }
  await ensureTool('osv-scanner', { mirror: scope.mirror });
  const folder = join(scope.temp, 'sboms');
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    scope.sboms.map(async (path, index) => {
      const file = join(folder, `${index}.spdx.json`); // it goes by the name's end
      await copyFile(path, file);
      return file;
    }),
  );
  const offline = process.env.OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY ? ['--offline'] : [];
  const result = await run(
    'osv-scanner',
    ['scan', 'source', '--format=json', ...offline, ...files.map((file) => `--lockfile=${file}`)],
    { cwd: folder, timeoutMs: scope.timeoutMs, captureBytes: 64 * 1024 * 1024, show: 'never' },
  );
  // 1: something was found. 128: there was no package. Source: osv-scanner's documentation, "Return Codes".
  if (result.exitCode === 128 && !(await namesPackages(files))) return [];
  if (result.exitCode !== 0 && result.exitCode !== 1) {
    throw new ActionError(
      'scanner-failed',
      `osv-scanner ended with ${result.exitCode}: ${result.stderr.trim().slice(-2000) || 'nothing said'}`,
      { remedy: 'It needs api.osv.dev, or a database in the folder OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY.' },
    );
  }
  return readOsv(parseReport('osv-scanner', result.stdout, result), scope.dockerfile);
}

/** Whether any of the SBOMs names a package by which it can be looked up. Source: SPDX 2.3, `externalRefs`, type `purl`. */
async function namesPackages(sboms: readonly string[]): Promise<boolean> {
  const texts = await Promise.all(sboms.map((path) => readFile(path, 'utf8')));
  return texts.some((text) =>
    list(tree(JSON.parse(text)).packages)
      .flatMap((found) => list(tree(found).externalRefs))
      .some((reference) => tree(reference).referenceType === 'purl'),
  );
}

/** Reads osv-scanner's JSON (v2: `results[].packages[]`, each with `vulnerabilities` and `groups`). Pure. */
export function readOsv(report: unknown, dockerfile: string): Finding[] {
  return list(tree(report).results)
    .flatMap((result) => list(tree(result).packages))
    .map(tree)
    .flatMap((found) => {
      const vulnerabilities = list(found.vulnerabilities).map(tree);
      return list(found.groups)
        .map(tree)
        .map((group) => findingOf(tree(found.package), group, vulnerabilities, dockerfile));
    });
}

function findingOf(
  { name, version }: Tree,
  group: Tree,
  vulnerabilities: readonly Tree[],
  dockerfile: string,
): Finding {
  const ids = list(group.ids).map(string);
  const known = vulnerabilities.find(({ id }) => ids.includes(string(id))) ?? {};
  const rule =
    [...ids, ...list(group.aliases).map(string)].find((id) => id.startsWith('CVE-')) ?? ids[0] ?? '';
  const fixed = fixedIn(known);
  return {
    scanner: 'image-vulnerabilities',
    rule,
    severity: severityOf(Number(string(group.max_severity))),
    message: `${string(name)} ${string(version)}: ${string(known.summary) || rule}. ${fixed === '' ? 'There is no fixed version.' : `Fixed in ${fixed}.`}`,
    help: `https://osv.dev/vulnerability/${encodeURIComponent(ids[0] ?? rule)}`,
    path: dockerfile,
    startLine: 1,
    endLine: 1,
    fingerprint: fingerprint('image-vulnerabilities', ids[0] ?? rule, string(name), string(version)),
  };
}

/** The versions that mend it, as the advisory tells. Source: OSV schema, `affected[].ranges[].events[].fixed`. */
function fixedIn(vulnerability: Tree): string {
  const events = list(vulnerability.affected)
    .flatMap((affected) => list(tree(affected).ranges))
    .flatMap((range) => list(tree(range).events));
  return [...new Set(events.map((event) => string(tree(event).fixed)).filter(Boolean))].join(', ');
}

/** Source: CVSS 3.1 and 4.0, qualitative severity rating scale. One without a score is not to be overlooked. */
function severityOf(score: number): Severity {
  if (!(score > 0)) return 'medium';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}
