import { list, position, string, tree } from './report.js';

/** A secret that gitleaks found. What it is, gitleaks was told not to say. */
export interface Leak {
  readonly rule: string;
  readonly description: string;
  /** As gitleaks names it; in an archive `layer.tar.gz!etc/key.pem`. */
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn: number;
  /** Empty outside of a history. */
  readonly commit: string;
  readonly fingerprint: string;
}

/** What gitleaks is told in any case: the report's form, and to keep the secrets to itself. */
export function quietly(report: string): string[] {
  return [
    '--report-format=json',
    `--report-path=${report}`,
    '--redact',
    '--exit-code=0',
    '--no-banner',
    '--no-color',
  ];
}

/** What is kept of what gitleaks says: its errors, between a line for each archive that it does not open. */
export const SAID_BYTES = 64 * 1024 * 1024;

/** Reads gitleaks' JSON (v8: a list of objects with RuleID, File, StartLine, Commit, Fingerprint). Pure. */
export function leaksIn(report: unknown): Leak[] {
  return list(report)
    .map(tree)
    .map((leak) => ({
      rule: string(leak.RuleID) || 'secret',
      description: string(leak.Description) || 'A secret.',
      file: string(leak.File),
      startLine: position(leak.StartLine),
      endLine: position(leak.EndLine),
      startColumn: position(leak.StartColumn),
      commit: string(leak.Commit),
      fingerprint: string(leak.Fingerprint),
    }));
}
