import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { context, info } from '@fairway/action-kit';
import { which } from '@fairway/exec-kit';
import { ensureTool, type Wanted } from '@fairway/tool-install';
import type { Inputs } from './inputs.js';

type Program = 'terraform' | 'tofu';

/** The program that plans and applies. */
export interface InfraTool {
  readonly path: string;
  /** `Terraform` or `OpenTofu`, as its makers write it. */
  readonly product: string;
  readonly version: string;
}

/** What the code says about who is to run it, and in which version. */
export interface Preference {
  readonly program?: Program;
  readonly version?: string;
}

export async function findTool(inputs: Inputs): Promise<InfraTool> {
  const preference = preferenceOf(inputs.workingDirectory, context().workspace);
  const program = inputs.tool.name === 'auto' ? (preference.program ?? (await onPath())) : inputs.tool.name;
  const fromCode = preference.program === program ? preference.version : undefined;
  const version = inputs.tool.version || fromCode;
  const wanted: Wanted = {
    ...(version !== undefined && { version }),
    ...(inputs.tool.sha256 !== '' && { sha256: inputs.tool.sha256 }),
  };
  const tool = await ensureTool(program === 'tofu' ? 'opentofu' : 'terraform', wanted);
  const product = program === 'tofu' ? 'OpenTofu' : 'Terraform';
  info(`${product} ${tool.version} (${tool.source}).`);
  return { path: tool.path, product, version: tool.version };
}

/**
 * Reads `.terraform-version` and `.opentofu-version` (tfenv's and tofuenv's files) from the folder up to the
 * workspace, and takes `*.tofu` files, which only OpenTofu reads, for a choice of it.
 */
export function preferenceOf(folder: string, workspace: string): Preference {
  for (let at = folder; ; at = dirname(at)) {
    for (const program of ['tofu', 'terraform'] as const) {
      const file = join(at, program === 'tofu' ? '.opentofu-version' : '.terraform-version');
      if (!existsSync(file)) continue;
      const version = readFileSync(file, 'utf8').trim().replace(/^v/, '');
      // `latest` and ranges are for version managers; whether the version fits, the tool itself checks.
      return /^\d+\.\d+\.\d+$/.test(version) ? { program, version } : { program };
    }
    if (at === workspace || at === dirname(at)) break;
  }
  return readdirSync(folder).some((name) => name.endsWith('.tofu')) ? { program: 'tofu' } : {};
}

async function onPath(): Promise<Program> {
  if ((await which('terraform')) === undefined && (await which('tofu')) !== undefined) return 'tofu';
  return 'terraform';
}
