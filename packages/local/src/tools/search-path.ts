import { delimiter } from 'node:path';
import { openProgress } from '../progress.js';
import { folders } from '../services/folders.js';
import { prepareParts, type Tools } from './prepare.js';
import type { PartName } from './recipe.js';

/**
 * Prepares parts for this very process, as a test or a benchmark does that meets real programs: they lead its PATH
 * afterwards. What is prepared already costs nothing.
 * @throws ActionError 'tool-missing' where the machine has nothing to make them with
 */
export async function leadPath(...parts: readonly PartName[]): Promise<Tools> {
  const progress = openProgress(process.stderr);
  try {
    const tools = await prepareParts(parts, folders(), progress);
    const places = [...parts.flatMap((part) => tools.programFolders(part)), process.env.PATH ?? ''];
    process.env.PATH = places.join(delimiter);
    return tools;
  } finally {
    progress.close();
  }
}
