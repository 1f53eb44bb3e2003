import { formatDuration, info, reportFailure } from '@fairway/action-kit';
import { distinct, type Finding, sorted } from '@fairway/reports/findings';

/** What all scans found, and which of them could not be run. */
export interface Collected<Name extends string> {
  readonly findings: Finding[];
  readonly broken: Name[];
}

/** Every scan's findings, each once. One that cannot run does not hide what the others found; it is named, and fails the gate. */
export async function collect<Name extends string>(
  names: readonly Name[],
  scan: (name: Name) => Promise<readonly Finding[]>,
): Promise<Collected<Name>> {
  const findings: Finding[] = [];
  const broken: Name[] = [];
  for (const name of names) {
    const started = performance.now();
    try {
      const found = await scan(name);
      findings.push(...found);
      info(`${name}: ${found.length} findings in ${formatDuration(performance.now() - started)}.`);
    } catch (error) {
      reportFailure(name, error);
      broken.push(name);
    }
  }
  return { findings: sorted(distinct(findings)), broken };
}
