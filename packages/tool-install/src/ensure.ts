import { ActionError, debug, info } from '@fairway/action-kit';
import { query, which } from '@fairway/exec-kit';
import { type PinnedTool, pinned, platformOf, type ToolName } from './pinned.js';
import { atLeast, versionIn } from './version.js';

export interface Wanted {
  /** Exactly this version. Without it: the one on PATH if it is recent enough, else the pinned one. */
  readonly version?: string;
  /** The checksum of the download, where `version` is not the pinned one. 64 hexadecimal digits. */
  readonly sha256?: string;
  /** Where downloads come from instead of the tools' own sites: scheme and host, then the original host and path. */
  readonly mirror?: string;
}

export interface Tool {
  readonly path: string;
  readonly version: string;
  readonly source: 'path' | 'cache' | 'download';
}

/**
 * A program that an action needs: the one on PATH when its version is accepted, else one downloaded, checked against
 * its SHA-256 before anything opens it, and kept in the runner's tool cache.
 * @throws ActionError 'tool-missing' when it can neither be found nor had, 'bad-checksum' when the download is not what was pinned
 */
export async function ensureTool(name: ToolName, wanted: Wanted = {}): Promise<Tool> {
  const tool = pinned(name);
  const found = await onPath(tool);
  if (found && accepts(tool, found.version, wanted)) return found;
  if (found)
    info(
      `${tool.program} ${found.version} is on PATH, and ${wanted.version ?? `${tool.minimum} or later`} is needed.`,
    );
  const { download } = await import('./download.js');
  return download(name, tool, wanted, platformOf(process.platform, process.arch));
}

/** What a build from source answers when nobody told it its version. */
const UNKNOWN = 'unknown';

/** Whether a version on PATH will do. One that is unknown will, unless a version was asked for. */
export function accepts(tool: PinnedTool, version: string, wanted: Wanted): boolean {
  if (version === UNKNOWN) return wanted.version === undefined;
  return wanted.version === undefined ? atLeast(version, tool.minimum) : version === wanted.version;
}

async function onPath(tool: PinnedTool): Promise<Tool | undefined> {
  const path = await which(tool.program);
  if (path === undefined) return undefined;
  for (const question of VERSION_QUESTIONS) {
    const answer = await query(tool.program, question).catch((error: unknown) => {
      if (!(error instanceof ActionError)) throw error;
      debug(error.message);
      return '';
    });
    const version = versionIn(answer);
    if (version !== undefined) return { path, version, source: 'path' };
  }
  return { path, version: UNKNOWN, source: 'path' };
}

/** Ways in which command-line programs are asked for their version, most common first. */
const VERSION_QUESTIONS = [['--version'], ['version'], ['version', '--client']] as const;
