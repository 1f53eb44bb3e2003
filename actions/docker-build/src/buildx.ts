import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { info, messageOf } from '@fairway/action-kit';
import { which } from '@fairway/exec-kit';
import { dockerConfigFolder } from '@fairway/image-registry';

/**
 * Where a buildx program may be, best first. The plugin of the Docker client is a whole program: started directly
 * it saves the client's own start, and it is found whatever DOCKER_CONFIG later says.
 * Source: docker/cli, cli-plugins/manager/manager_unix.go for the folders.
 */
export function pluginPlaces(configFolder: string, platform: NodeJS.Platform = process.platform): string[] {
  const file = platform === 'win32' ? 'docker-buildx.exe' : 'docker-buildx';
  const system =
    platform === 'win32'
      ? [join(process.env.ProgramData ?? 'C:\\ProgramData', 'Docker', 'cli-plugins')]
      : [
          '/usr/local/lib/docker/cli-plugins',
          '/usr/local/libexec/docker/cli-plugins',
          '/usr/lib/docker/cli-plugins',
          '/usr/libexec/docker/cli-plugins',
        ];
  return [...extraPluginFolders(configFolder), join(configFolder, 'cli-plugins'), ...system].map((folder) =>
    join(folder, file),
  );
}

function extraPluginFolders(configFolder: string): string[] {
  try {
    const config: unknown = JSON.parse(readFileSync(join(configFolder, 'config.json'), 'utf8'));
    const folders = (config as { cliPluginsExtraDirs?: unknown } | null)?.cliPluginsExtraDirs;
    return Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [];
  } catch {
    return [];
  }
}

/**
 * The buildx to use: `buildx` or `docker-buildx` on PATH, a plugin of the Docker client, or else a pinned download.
 * @throws ActionError when there is none and none can be downloaded
 */
export async function findBuildx(): Promise<string> {
  const onPath = (await which('buildx')) ?? (await which('docker-buildx'));
  if (onPath !== undefined) return onPath;
  const plugin = pluginPlaces(dockerConfigFolder()).find((place) => existsSync(place));
  if (plugin !== undefined) return plugin;
  info('There is no buildx on PATH and none among the Docker client’s plugins.');
  return downloaded();
}

async function downloaded(): Promise<string> {
  const [{ ensureTool }, { ActionError }] = await Promise.all([
    import('@fairway/tool-install'),
    import('@fairway/action-kit'),
  ]);
  try {
    return (await ensureTool('buildx')).path;
  } catch (cause) {
    throw new ActionError('no-buildx', `buildx is missing, and downloading it failed: ${messageOf(cause)}`, {
      remedy:
        'Add a step with docker/setup-buildx-action before this one, or install the package docker-buildx-plugin.',
      cause,
    });
  }
}
