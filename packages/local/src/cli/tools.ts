import { type PartName, RECIPES } from '../index.js';
import { openProgress } from '../progress.js';
import { folders } from '../services/folders.js';
import { prepareParts } from '../tools/prepare.js';
import { endWith } from './ending.js';

/**
 * `node packages/local/lib/cli/tools.js NAME…`: prepares tools without any service, and prints the folders that hold
 * them, as PATH has them. What it says meanwhile goes to standard error.
 */
async function main(names: readonly string[]): Promise<number> {
  const known = Object.keys(RECIPES) as PartName[];
  const tools = known.filter((name) => names.includes(name));
  if (names.length === 0 || tools.length < new Set(names).size) {
    process.stderr.write(`node packages/local/lib/cli/tools.js NAME…\n\nNames: ${known.join(', ')}\n`);
    return 2;
  }
  const progress = openProgress(process.stderr);
  try {
    const prepared = await prepareParts(tools, folders(), progress);
    process.stdout.write(`${prepared.searchPath.join(':')}\n`);
    return 0;
  } finally {
    progress.close();
  }
}

endWith(main(process.argv.slice(2)));
