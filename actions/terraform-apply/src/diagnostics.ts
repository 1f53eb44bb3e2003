import { relative } from 'node:path';
import { error, type Place, warning } from '@fairway/action-kit';

/** One complaint of the tool. Lines and columns count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
  /** Relative to the working directory. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * Reads a diagnostic as `validate -json` and the `-json` modes of plan and apply give it; undefined for anything else.
 * Source: developer.hashicorp.com/terraform/internals/machine-readable-ui, "Diagnostic".
 */
export function diagnosticOf(value: unknown): Diagnostic | undefined {
  const found = record(value);
  if (typeof found.summary !== 'string') return undefined;
  const range = record(found.range);
  const start = record(range.start);
  return {
    severity: found.severity === 'warning' ? 'warning' : 'error',
    summary: found.summary,
    detail: typeof found.detail === 'string' ? found.detail : '',
    ...(typeof found.address === 'string' && { address: found.address }),
    ...(typeof range.filename === 'string' && { file: range.filename }),
    ...(typeof start.line === 'number' && { line: start.line }),
    ...(typeof start.column === 'number' && { column: start.column }),
  };
}

/**
 * The diagnostics in what `init` prints for people; it has no other form in the versions that are still in use.
 * Each is a headline `Error: …`, a blank line, and paragraphs, the first of which may be `on main.tf line 3, in …`.
 */
export function diagnosticsInText(text: string): Diagnostic[] {
  const plain = text.replace(/^[╷│╵]\s?/gm, '');
  return [...plain.matchAll(/^(Error|Warning): (.*)\n([\s\S]*?)(?=^(?:Error|Warning): |(?![\s\S]))/gm)].map(
    ([, severity, summary = '', rest = '']) => {
      const place = /^\s*on (\S+) line (\d+)/m.exec(rest);
      const detail = rest
        .split('\n')
        .filter((line) => !/^\s*(on \S+ line \d+|\d+:)/.test(line))
        .join('\n');
      return {
        severity: severity === 'Warning' ? 'warning' : 'error',
        summary: summary.trim(),
        detail: detail.trim(),
        ...(place?.[1] !== undefined && { file: place[1], line: Number(place[2]) }),
      };
    },
  );
}

/** Shows diagnostics that point into the repository's files at their lines. `folder` and `workspace` are absolute. */
export function annotate(diagnostics: readonly Diagnostic[], folder: string, workspace: string): void {
  for (const diagnostic of diagnostics) {
    if (diagnostic.file === undefined) continue;
    const place: Place = {
      title: diagnostic.summary,
      file: [relative(workspace, folder), diagnostic.file].filter((part) => part !== '').join('/'),
      ...(diagnostic.line !== undefined && { startLine: diagnostic.line }),
      ...(diagnostic.column !== undefined && { startColumn: diagnostic.column }),
    };
    const message = diagnostic.detail || diagnostic.summary;
    if (diagnostic.severity === 'error') error(message, place);
    else warning(message, place);
  }
}

/** A diagnostic as one paragraph: what, where, why. */
export function sentence(diagnostic: Diagnostic): string {
  const where = diagnostic.file === undefined ? '' : ` (${diagnostic.file}:${diagnostic.line ?? 1})`;
  const who = diagnostic.address === undefined ? '' : `${diagnostic.address}: `;
  const detail = diagnostic.detail === '' ? '' : `\n${diagnostic.detail}`;
  return `${who}${diagnostic.summary}${where}${detail}`;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
