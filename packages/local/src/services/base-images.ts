import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { query, runOrThrow } from '@fairway/exec-kit';
import { ASSETS } from '../tools/assets.js';
import { ALSO, AUTHORITIES, layBuildTools, layRuntime } from './root-folder.js';

/** The images that everything is built from where no public registry is in reach. */
export interface BaseImages {
  /** Holds a pod's network. */
  readonly pause: string;
  /** The `node` program and its libraries: no shell, no package manager. */
  readonly nodeRuntime: string;
  /** The same with npm and a shell, for build stages. */
  readonly nodeBuild: string;
  /** Makes SBOMs for BuildKit; undefined where BuildKit pulls Docker's own. */
  readonly sbomGenerator: string | undefined;
}

export interface BaseImageInput {
  readonly registry: string;
  readonly buildkit: string;
  readonly buildx: string;
  readonly pause: string;
  readonly busybox: string;
  readonly syft: string | undefined;
  /** A folder that may be emptied. */
  readonly work: string;
}

const DOCKERFILES = {
  pause: 'FROM scratch\nCOPY pause /pause\nENTRYPOINT ["/pause"]\n',
  runtime: 'FROM scratch\nCOPY rootfs/ /\nENV PATH=/usr/local/bin:/usr/bin:/bin\nCMD ["node"]\n',
  build: `FROM scratch
COPY rootfs/ /
ENV PATH=/usr/local/bin:/usr/bin:/bin HOME=/root NODE_EXTRA_CA_CERTS=${AUTHORITIES} SSL_CERT_FILE=${AUTHORITIES}
CMD ["node"]
`,
  sbom: `FROM scratch
COPY rootfs/ /
ENV PATH=/bin SYFT_CHECK_FOR_APP_UPDATE=false SYFT_CACHE_TTL=0
ENTRYPOINT ["/bin/sh", "/scan.sh"]
`,
};

/** What {@link BaseImages.sbomGenerator} runs. */
const SCAN_SCRIPT = join(ASSETS, 'sbom-generator', 'scan.sh');

/** Makes the base images that the registry does not hold yet, and pushes them. */
export async function makeBaseImages(input: BaseImageInput): Promise<BaseImages> {
  const version = await nodeVersion();
  const inputs = [
    ...[version, await query('ldd', [process.execPath]), JSON.stringify(DOCKERFILES), ALSO.join()],
    ...[readFileSync(SCAN_SCRIPT, 'utf8'), input.syft ?? ''],
  ];
  const tag = `${version}-${createHash('sha256')
    .update(inputs.join('\n').replaceAll(/\(0x[0-9a-f]+\)/g, ''))
    .digest('hex')
    .slice(0, 8)}`;
  const images: BaseImages = {
    pause: `${input.registry}/base/pause:${tag}`,
    nodeRuntime: `${input.registry}/base/node:${tag}`,
    nodeBuild: `${input.registry}/base/node:${tag}-build`,
    sbomGenerator: input.syft && `${input.registry}/base/sbom-generator:${tag}`,
  };
  const wanted = Object.values(images).filter((image) => image !== undefined);
  if ((await Promise.all(wanted.map((image) => isPushed(image)))).every(Boolean)) return images;
  rmSync(input.work, { recursive: true, force: true });
  const contexts = await layOut(input);
  await build(input, contexts.pause, images.pause);
  await build(input, contexts.runtime, images.nodeRuntime);
  await build(input, contexts.build, images.nodeBuild);
  if (images.sbomGenerator !== undefined && input.syft !== undefined)
    await build(input, laySbomGenerator(input, input.syft), images.sbomGenerator);
  rmSync(input.work, { recursive: true, force: true });
  return images;
}

async function nodeVersion(): Promise<string> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return process.versions.node;
  throw new ActionError(
    'node-too-old',
    `This runs on Node ${process.versions.node}; the photo app needs 24.`,
    {
      remedy: 'Start it with `npm run …`: the repository brings Node 24 with it.',
    },
  );
}

async function isPushed(image: string): Promise<boolean> {
  const [, registry = '', name = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(image) ?? [];
  const accept =
    'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
  const answer = await fetch(`http://${registry}/v2/${name}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept },
  });
  return answer.status === 200;
}

function contextFor(work: string, name: keyof typeof DOCKERFILES): string {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), DOCKERFILES[name]);
  return folder;
}

async function layOut(input: BaseImageInput): Promise<Record<'pause' | 'runtime' | 'build', string>> {
  const context = (name: keyof typeof DOCKERFILES) => contextFor(input.work, name);
  const [pause, runtime, build] = [context('pause'), context('runtime'), context('build')];
  copyFileSync(input.pause, join(pause, 'pause'));
  await layRuntime(join(runtime, 'rootfs'));
  cpSync(join(runtime, 'rootfs'), join(build, 'rootfs'), { recursive: true, verbatimSymlinks: true });
  await layBuildTools(join(build, 'rootfs'), input.busybox);
  return { pause, runtime, build };
}

/** syft, a shell that speaks BuildKit's protocol for it, and a place for what is between the two. */
function laySbomGenerator({ work, busybox }: BaseImageInput, syft: string): string {
  const folder = contextFor(work, 'sbom');
  const root = join(folder, 'rootfs');
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  copyFileSync(syft, join(root, 'bin', 'syft'));
  copyFileSync(busybox, join(root, 'bin', 'busybox'));
  for (const applet of ['sh', 'cat']) symlinkSync('busybox', join(root, 'bin', applet));
  copyFileSync(SCAN_SCRIPT, join(root, 'scan.sh'));
  return folder;
}

async function build(input: BaseImageInput, context: string, image: string): Promise<void> {
  const env = { BUILDX_CONFIG: join(input.work, 'buildx'), BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };
  const options = { env, show: 'never', timeoutMs: 300_000 } as const;
  if (!existsSync(env.BUILDX_CONFIG) || readdirSync(env.BUILDX_CONFIG).length === 0)
    await runOrThrow(
      input.buildx,
      ['create', '--name', 'fairway', '--driver', 'remote', input.buildkit],
      options,
    );
  await runOrThrow(
    input.buildx,
    ['build', '--builder', 'fairway', '--push', '--tag', image, context],
    options,
  );
}
