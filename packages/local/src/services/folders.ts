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
  /** Files of the run that is up. */
  readonly run: string;
  /** What the run that is up owns. The same file for every clone and cache on the machine, where we are root. */
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
    // Bridge, sockets and firewall rules are the machine's, so there is one run for the whole machine; without root
    // there is no cluster of ours, and the user's cache is what runs share.
    stateFile: process.getuid?.() === 0 ? '/run/fairway/state.json' : join(cache, 'state.json'),
  };
}
