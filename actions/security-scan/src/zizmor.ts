import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { info } from '@fairway/action-kit';
import { run } from '@fairway/exec-kit';
import type { Finding, Severity } from '@fairway/reports/findings';
import {
  fingerprint,
  fromRoot,
  list,
  parseReport,
  position,
  refuseBroken,
  string,
  tree,
} from '@fairway/scan-kit';
import { ensureTool } from '@fairway/tool-install';
import { filesBelow } from './files.js';
import type { Scope } from './scanner.js';

/** Workflow and action files. Offline: what it would ask GitHub for is not worth a token in a scanner's hands. */
export async function zizmor(scope: Scope): Promise<Finding[]> {
  const places = await workflowPlaces(scope.root);
  if (places.length === 0) {
    info('There are no workflow files for zizmor.');
    return [];
  }
  await ensureTool('zizmor', { mirror: scope.inputs.mirror });
  const result = await run(
    'zizmor',
    [
      '--offline',
      '--strict-collection',
      '--format=json-v1',
      '--no-exit-codes',
      '--quiet',
      '--color=never',
      '--',
      ...places,
    ],
    {
      cwd: scope.root,
      timeoutMs: scope.inputs.timeoutMs,
      captureBytes: 64 * 1024 * 1024,
      show: 'never',
      env: { GH_TOKEN: undefined, GITHUB_TOKEN: undefined },
    },
  );
  // It ends with 3 where there was nothing to collect: a .github folder with templates only.
  if (result.exitCode === 3) return [];
  refuseBroken('zizmor', result);
  return readZizmor(parseReport('zizmor', result.stdout, result), scope.root);
}

/** `.github`, and every action beside it: an action may be in any folder. */
async function workflowPlaces(root: string): Promise<string[]> {
  const actions = await filesBelow(root, (name) => /^action\.ya?ml$/.test(name));
  const beside = actions.filter((path) => !path.startsWith('.github/'));
  return existsSync(join(root, '.github')) ? ['.github', ...beside] : beside;
}

const SEVERITY: Readonly<Record<string, Severity>> = { High: 'high', Medium: 'medium', Low: 'low' };

/** Reads zizmor's `json-v1`. Rows and columns count from 0 there. */
export function readZizmor(report: unknown, root: string): Finding[] {
  return list(report)
    .map(tree)
    .filter((found) => found.ignored !== true)
    .map((found) => {
      const locations = list(found.locations).map(tree);
      const primary =
        locations.find((place) => tree(place.symbolic).kind === 'Primary') ?? tree(locations[0]);
      const symbolic = tree(primary.symbolic);
      const span = tree(tree(primary.concrete).location);
      const path = fromRoot(root, join(root, pathOf(symbolic.key)));
      const start = tree(span.start_point);
      const rule = string(found.ident);
      return {
        scanner: 'zizmor',
        rule,
        severity: SEVERITY[string(tree(found.determinations).severity)] ?? 'info',
        message: `${string(found.desc)}: ${string(symbolic.annotation)}`,
        help: string(found.url) || 'https://docs.zizmor.sh/audits/',
        path,
        startLine: position(Number(start.row) + 1),
        endLine: position(Number(tree(span.end_point).row) + 1),
        startColumn: position(Number(start.column) + 1),
        fingerprint: fingerprint('zizmor', rule, path, string(tree(primary.concrete).feature)),
      };
    });
}

/** `{"Local": {"verbatim_path": …}}`, the only kind of input that we give it. */
function pathOf(key: unknown): string {
  const local = tree(tree(key).Local);
  return string(local.verbatim_path) || string(local.given_path);
}
