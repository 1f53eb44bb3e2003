import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, downloadTool, extractTar, extractZip, find } from '@actions/tool-cache';
import { ActionError, addPath, info, messageOf } from '@fairway/action-kit';
import type { Tool, Wanted } from './ensure.js';
import type { PinnedTool, Platform, ToolName } from './pinned.js';

/** Downloads, checks and caches a tool, and puts it on PATH for the job's later steps. */
export async function download(
  name: ToolName,
  tool: PinnedTool,
  wanted: Wanted,
  platform: Platform | undefined,
): Promise<Tool> {
  const asset = choose(name, tool, wanted, platform);
  if (!process.env.RUNNER_TOOL_CACHE || !process.env.RUNNER_TEMP) {
    throw new ActionError(
      'tool-missing',
      `${tool.program} is not on PATH, and there is no runner's tool cache to keep a download in.`,
      {
        remedy: `Put '${tool.program}' ${tool.minimum} or later on PATH, or set RUNNER_TOOL_CACHE and RUNNER_TEMP to folders, as GitHub's runner does.`,
      },
    );
  }
  const file = process.platform === 'win32' ? `${tool.program}.exe` : tool.program;
  // Under its checksum, not only its name: what another action, or another pin, left there is not what was checked.
  const kept = `fairway-${name}-${asset.sha256.slice(0, 16)}`;
  const cached = find(kept, asset.version);
  if (cached) return use(cached, file, asset.version, 'cache');
  info(`Downloading ${name} ${asset.version} from ${new URL(asset.url).host}.`);
  const archive = await downloadTool(asset.url).catch((error: unknown) => {
    throw new ActionError(
      'tool-missing',
      `${name} ${asset.version} could not be downloaded: ${messageOf(error)}`,
      {
        remedy: `Install '${tool.program}' in a step before this one, or name a mirror that this runner reaches.`,
        cause: error,
      },
    );
  });
  await check(name, archive, asset.sha256);
  const folder = await unpack(archive, asset.url, file);
  return use(await cacheDir(folder, kept, asset.version), file, asset.version, 'download');
}

interface Asset {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

/** What to download: pure, so that each refusal can be tested. */
export function choose(
  name: ToolName,
  tool: PinnedTool,
  wanted: Wanted,
  platform: Platform | undefined,
): Asset {
  const asset = platform && tool.assets[platform];
  if (asset === undefined) {
    throw new ActionError(
      'tool-missing',
      `${tool.program} is not on PATH, and no release of it is pinned for this platform.`,
      {
        remedy: `Install '${tool.program}' ${tool.minimum} or later in a step before this one.`,
      },
    );
  }
  const version = wanted.version ?? tool.version;
  const sha256 = wanted.sha256 ?? (version === tool.version ? asset.sha256 : undefined);
  if (sha256 === undefined || !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new ActionError(
      'bad-input',
      `There is no checksum for ${name} ${version}; ${tool.version} is the pinned version.`,
      {
        remedy: `Ask for ${tool.version}, put the version you want on PATH in a step before this one, or give the SHA-256 of its release.`,
      },
    );
  }
  const url = new URL(asset.url.replaceAll(tool.version, version));
  return {
    version,
    sha256: sha256.toLowerCase(),
    url: wanted.mirror ? mirrored(wanted.mirror, url) : url.href,
  };
}

function mirrored(mirror: string, url: URL): string {
  return `${mirror.replace(/\/+$/, '')}/${url.host}${url.pathname}`;
}

async function check(name: string, path: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const actual = hash.digest('hex');
  if (actual === expected) return;
  throw new ActionError(
    'bad-checksum',
    `The download of ${name} is not the pinned one: its SHA-256 is ${actual}, not ${expected}.`,
    {
      remedy:
        'Nothing of it was run. Do not go on with this file: find out who serves it (a mirror, a proxy), or whether the release was replaced.',
    },
  );
}

async function unpack(archive: string, url: string, file: string): Promise<string> {
  if (url.endsWith('.tar.gz')) return folderOf(await extractTar(archive), file);
  if (url.endsWith('.zip')) return folderOf(await extractZip(archive), file);
  const folder = `${archive}-bin`;
  await mkdir(folder);
  await rename(archive, join(folder, file));
  return folder;
}

/** The folder of the program within an unpacked archive: some put it beside the licence, some two folders down. */
async function folderOf(root: string, file: string): Promise<string> {
  const entry = (await readdir(root, { recursive: true, withFileTypes: true })).find(
    (e) => e.isFile() && e.name === file,
  );
  if (entry) return entry.parentPath;
  throw new ActionError('tool-missing', `The archive that was downloaded holds no '${file}'.`, {
    remedy: 'Its layout has changed with this version: put the program on PATH in a step before this one.',
  });
}

async function use(folder: string, file: string, version: string, source: Tool['source']): Promise<Tool> {
  const path = join(folder, file);
  await chmod(path, 0o755);
  addPath(folder);
  return { path, version, source };
}
