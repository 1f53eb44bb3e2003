import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the runner reads from an action.yml of a JavaScript action. */
export interface ActionDefinition {
  readonly name: string;
  /** Input name → the text of its default; undefined when it has none. */
  readonly inputs: ReadonlyMap<string, string | undefined>;
  readonly outputs: readonly string[];
  /** Entry points relative to the action's folder. */
  readonly entries: { readonly main: string; readonly pre?: string; readonly post?: string };
}

/**
 * Reads `action.yml` (or `action.yaml`) of the action in `folder`.
 * @throws Error when there is none, or when it is not a JavaScript action
 */
export async function readActionDefinition(folder: string): Promise<ActionDefinition> {
  const document: unknown = parse(await readManifest(folder));
  const manifest = asRecord(document);
  const runs = asRecord(manifest.runs);
  if (typeof runs.main !== 'string' || !String(runs.using).startsWith('node')) {
    throw new Error(`${folder} is not a JavaScript action: its runs.using is ${String(runs.using)}`);
  }
  return {
    name: String(manifest.name ?? ''),
    inputs: new Map(
      Object.entries(asRecord(manifest.inputs)).map(([name, input]) => [name, defaultOf(input)]),
    ),
    outputs: Object.keys(asRecord(manifest.outputs)),
    entries: {
      main: runs.main,
      ...(typeof runs.pre === 'string' ? { pre: runs.pre } : {}),
      ...(typeof runs.post === 'string' ? { post: runs.post } : {}),
    },
  };
}

async function readManifest(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, 'action.yml'), 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return readFile(join(folder, 'action.yaml'), 'utf8');
  }
}

/** The runner keeps defaults as text: `true` and `3` are 'true' and '3'. */
function defaultOf(input: unknown): string | undefined {
  const value = asRecord(input).default;
  return value === undefined || value === null ? undefined : String(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
