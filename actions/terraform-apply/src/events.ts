import { info } from '@fairway/action-kit';
import { type Diagnostic, diagnosticOf } from './diagnostics.js';

/** What was heard from a running plan or apply. */
export interface Progress {
  readonly diagnostics: Diagnostic[];
  /** Addresses, in the order in which they were done. */
  readonly applied: string[];
  readonly failed: string[];
  /** Begun, and neither done nor failed: what a killed apply was at. */
  readonly begun: Set<string>;
}

export function noProgress(): Progress {
  return { diagnostics: [], applied: [], failed: [], begun: new Set() };
}

/**
 * Takes one line of the `-json` output, remembers what matters and gives the text to show; undefined for none.
 * Source: developer.hashicorp.com/terraform/internals/machine-readable-ui.
 */
export function hear(progress: Progress, line: string): string | undefined {
  const event = parsed(line);
  if (event === undefined) return line.trim() === '' ? undefined : line;
  const hook = record(event.hook);
  const address = text(record(hook.resource).addr);
  switch (event.type) {
    case 'apply_start':
      progress.begun.add(address);
      break;
    case 'apply_complete':
      progress.begun.delete(address);
      progress.applied.push(address);
      break;
    case 'apply_errored':
      progress.begun.delete(address);
      progress.failed.push(address);
      break;
    case 'diagnostic': {
      const diagnostic = diagnosticOf(event.diagnostic);
      if (diagnostic) progress.diagnostics.push(diagnostic);
      return [text(event['@message']), diagnostic?.detail].filter(Boolean).join('\n');
    }
    case 'version':
      return undefined;
  }
  return text(event['@message']) || undefined;
}

/** A listener that shows what it hears. */
export function listener(progress: Progress): (line: string) => void {
  return (line) => {
    const shown = hear(progress, line);
    if (shown !== undefined) info(shown);
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return record(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
