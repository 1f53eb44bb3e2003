import { ActionError } from '@fairway/action-kit';
import { tree } from '@fairway/action-kit/tree';
import { OciLayout, type PlatformImage, parseManifest } from '@fairway/image-registry';
import type { BuiltImage } from './image-run.js';

/**
 * What an image starts: its entry point, and its command as that one's arguments. The shell form (`CMD npm start`) is
 * in the configuration as `/bin/sh -c …` already. Source: OCI image specification, config.md, `Entrypoint` and `Cmd`.
 * @throws ActionError 'bad-input' where it has neither
 */
export function startCommand(configuration: unknown): string[] {
  const { Entrypoint: entrypoint, Cmd: command } = tree(tree(configuration).config);
  const argv = [...words(entrypoint), ...words(command)];
  if (argv.length > 0 && argv[0] !== '') return argv;
  throw new ActionError(
    'bad-input',
    "The input 'test-port' is to start the image, and it has neither ENTRYPOINT nor CMD.",
    {
      remedy:
        'Add what it starts to the Dockerfile, for example  CMD ["/app/server"]  ; or try something else in it by  test-command',
    },
  );
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

/**
 * Of several platforms' images it is this runner's that speaks for all, for BuildKit runs its own, and they are of
 * one Dockerfile.
 */
export async function readStartCommand(
  image: BuiltImage,
  platforms: readonly PlatformImage[],
): Promise<string[]> {
  const own = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const chosen = platforms.find(({ platform }) => platform.startsWith(own)) ?? platforms[0];
  const layout = new OciLayout(image.layout);
  const manifest = parseManifest(await layout.manifest(chosen?.digest ?? image.digest));
  return startCommand(manifest.kind === 'image' && JSON.parse(await layout.blob(manifest.config.digest)));
}
