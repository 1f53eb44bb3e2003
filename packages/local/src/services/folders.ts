import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything lives that outlasts a run or a clone. */
export interface Folders {
  readonly cache: string;
  /** Finished programs, one folder for each recipe and version. */
  readonly programs: string;
  /** Go's module and build caches. */
  readonly go: string;
  /** Data of services that the next run is quicker with: image layers, the registry's blobs. */
  readonly data: string;
  /** State of the one run that may be up at a time. */
  readonly run: string;
  readonly stateFile: string;
}

/** The cache folder: FAIRWAY_CACHE, else XDG_CACHE_HOME/fairway, else ~/.cache/fairway. */
export function folders(environment: NodeJS.ProcessEnv = process.env): Folders {
  const cache =
    environment.FAIRWAY_CACHE ||
    join(environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache'), 'fairway');
  const run = join(cache, 'run');
  return {
    cache,
    programs: join(cache, 'programs'),
    go: join(cache, 'go'),
    data: join(cache, 'data'),
    run,
    stateFile: join(cache, 'state.json'),
  };
}
