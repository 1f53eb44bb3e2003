import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type OidcService,
  type ResultsService,
  type SigstoreService,
  startGitHub,
  startOidc,
  startResults,
  startSigstore,
} from '@fairway/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  busybox,
  missing,
  type Part,
  programs,
  startBuildkit,
  startRegistry,
} from '../../../actions/docker-build/test/real/parts.ts';
import { runWorkflow, type WorkflowResult } from '../src/engine/act.ts';
import { git } from '../src/engine/git.ts';
import { stageOwnRepository } from '../src/engine/staging.ts';
import { gatherThirdParty } from '../src/engine/third-party.ts';
import { choose, lookAtHost } from '../src/host.ts';
import { openProgress } from '../src/progress.ts';
import { folders } from '../src/services/folders.ts';
import { prepare } from '../src/tools/prepare.ts';

/** image.yml as a team calls it, under the real engine, with the real action, a real BuildKit and a real registry. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const own = { slug: 'fairway-ci/fairway', ref: 'v0' };
const pair = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

const caller = `
on: push
jobs:
  image:
    uses: ${own.slug}/.github/workflows/image.yml@${own.ref}
    with:
      image: \${{ vars.IMAGE }}
      platforms: \${{ vars.PLATFORMS }}
      push: \${{ vars.PUSH == 'true' }}
      builder: \${{ vars.BUILDER }}
      insecure-registry: true
      bake-files: \${{ vars.BAKE_FILES }}
      target: \${{ vars.TARGET }}
      tags: \${{ vars.TAGS }}
      build-secret-id: \${{ vars.SECRET_ID }}
      aws-role: \${{ vars.AWS_ROLE }}
      sbom: false # its generator is on Docker Hub
      sign-keyless: \${{ vars.KEYLESS == 'true' }}
      sigstore-signing-config: \${{ vars.KEYLESS == 'true' && 'signing_config.json' || '' }}
    secrets:
      SIGN_KEY: \${{ secrets.SIGN_KEY }}
      BUILD_SECRET: \${{ secrets.BUILD_SECRET }}
  verify:
    needs: image
    if: vars.PUSH == 'true' && vars.BAKE_FILES == ''
    runs-on: ubuntu-latest
    steps:
      - id: verify
        uses: ${own.slug}/actions/docker-build@${own.ref}
        with:
          phase: verify
          image: \${{ needs.image.outputs.image }}
          digests: \${{ needs.image.outputs.digest }}
          verify-key: \${{ vars.VERIFY_KEY }}
          verify-claims: sha=\${{ github.sha }}
          registry-insecure: true
  identity:
    needs: image
    if: vars.KEYLESS == 'true' && vars.BAKE_FILES == ''
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: ${own.slug}/actions/docker-build@${own.ref}
        with:
          phase: verify
          image: \${{ needs.image.outputs.image }}
          digests: \${{ needs.image.outputs.digest }}
          verify-identity: https://github.com/${own.slug}/.github/workflows/image.yml@*
          verify-issuer: \${{ vars.ISSUER }}
          sigstore-trusted-root: trusted_root.json
          verify-claims: ref=refs/heads/main
          registry-insecure: true
`;

const plain = 'FROM scratch\nARG TARGETARCH\nCOPY hello /hello-$TARGETARCH\n';
const lent = `
FROM scratch AS asking
COPY busybox /busybox
RUN --mount=type=secret,id=npmrc ["/busybox", "grep", "-q", "lent to the build", "/run/secrets/npmrc"]
FROM scratch AS not-asked-for
COPY nowhere /
`;

const bakeFile = `
group "default" { targets = ["api", "worker"] }
target "api" {}
target "worker" { args = { TARGETARCH = "worker" } }
`;

describe.skipIf(missing !== '')(`image.yml${missing && ` (missing: ${missing})`}`, () => {
  const keys = pair();
  let folder: string;
  let act: string;
  let gitleaks: string;
  let registry: Part;
  let buildkit: Part;
  let results: ResultsService;
  let gitHub: Awaited<ReturnType<typeof startGitHub>>;
  let oidc: OidcService;
  let sigstore: SigstoreService;
  let localRepositories: Map<string, string>;
  let runs = 0;

  beforeAll(async () => {
    const wanted = { cluster: false, builder: false, services: false, tools: ['act', 'gitleaks'] } as const;
    const tools = await prepare(choose(await lookAtHost()), wanted, folders(), openProgress());
    act = tools.path('act');
    gitleaks = dirname(tools.path('gitleaks'));
    folder = await mkdtemp(join(tmpdir(), 'image-workflow-'));
    [registry, buildkit, results, gitHub] = await Promise.all([
      startRegistry({ guarded: false }),
      startBuildkit(),
      startResults(),
      startGitHub({ repository: 'acme/shop', defaultBranch: 'main', token: 'a-token-of-the-test' }),
    ]);
    // The identity of a job in a called workflow: that workflow, of the caller's repository.
    const claims = { job_workflow_ref: `${own.slug}/.github/workflows/image.yml@refs/tags/${own.ref}` };
    oidc = await startOidc({ repository: 'acme/shop', claims });
    sigstore = await startSigstore(oidc);
    const copy = join(folder, 'root');
    for (const part of [
      '.github/workflows/image.yml',
      'actions/docker-build/action.yml',
      'actions/docker-build/dist',
    ])
      await cp(join(root, part), join(copy, part), { recursive: true });
    const staged = await stageOwnRepository(copy, join(folder, 'fairway'), own);
    localRepositories = new Map([[`${own.slug}@${own.ref}`, staged.folder]]);
    const workflow = await readFile(join(copy, '.github/workflows/image.yml'), 'utf8');
    for (const other of await gatherThirdParty([workflow], own.slug, join(folder, 'others')))
      localRepositories.set(`${other.repository}@${other.ref}`, other.folder);
  }, 600_000);
  afterAll(async () => {
    await Promise.all([
      ...[registry?.stop(), buildkit?.stop(), results?.close()],
      ...[oidc?.close(), sigstore?.close(), gitHub?.close()],
    ]);
    await rm(folder, { recursive: true, force: true });
  });

  async function carry(
    name: string,
    variables: Record<string, string>,
    { dockerfile = plain, secret = '' } = {},
  ): Promise<WorkflowResult> {
    const place = join(folder, `run-${++runs}`);
    const app = join(place, 'app');
    await mkdir(join(app, '.github/workflows'), { recursive: true });
    await writeFile(join(app, '.github/workflows/image.yml'), caller);
    await writeFile(join(app, 'hello'), `hello from ${name}\n`);
    await writeFile(join(app, 'Dockerfile'), dockerfile);
    if (dockerfile.includes('busybox')) await cp(busybox ?? '', join(app, 'busybox'));
    await writeFile(join(app, 'docker-bake.hcl'), bakeFile);
    await writeFile(join(app, 'signing_config.json'), sigstore.signingConfig);
    await writeFile(join(app, 'trusted_root.json'), sigstore.trustedRoot);
    await git(app, 'init', '--quiet', '--initial-branch', 'main');
    await git(app, 'add', '--all');
    await git(app, 'commit', '--quiet', '--message', 'Say hello');
    const eventFile = join(place, 'event.json');
    const sha = await git(app, 'rev-parse', 'HEAD');
    await writeFile(
      eventFile,
      JSON.stringify({ ref: 'refs/heads/main', after: sha, repository: { default_branch: 'main' } }),
    );
    return runWorkflow(
      {
        repository: 'acme/shop',
        folder: app,
        workflow: '.github/workflows/image.yml',
        branch: 'main',
        actor: 'robin',
        event: 'push',
        eventFile,
        variables: {
          IMAGE: `${registry.address}/acme/${name}`,
          BUILDER: buildkit.address,
          VERIFY_KEY: keys.publicKey,
          ISSUER: oidc.issuer,
          PUSH: 'true',
          ...variables,
        },
        secrets: { GITHUB_TOKEN: 'a-token-of-the-test', SIGN_KEY: keys.privateKey, BUILD_SECRET: secret },
        environment: {
          ...{ ...gitHub.env, ...results.envFor({ run: String(runs) }), ...oidc.env },
          GITHUB_RUN_ID: String(runs),
        },
        localRepositories,
        labels: ['ubuntu-latest', 'ubuntu-24.04-arm'],
      },
      {
        act,
        programs: [join(process.execPath, '..'), dirname(programs.buildx), gitleaks],
        folder: place,
      },
    );
  }

  const saidBy = ({ jobs, engineMessages }: WorkflowResult) =>
    [...engineMessages, ...jobs.flatMap(({ annotations }) => annotations.map(({ message }) => message))].join(
      '\n',
    );
  const resultsOf = ({ jobs }: WorkflowResult) =>
    Object.fromEntries(jobs.filter(({ calls }) => !calls).map(({ name, result }) => [name, result]));
  const outputOf = ({ jobs }: WorkflowResult, job: string, output: string) =>
    jobs.find(({ name }) => name.endsWith(job))?.outputs.get(output);
  const manifest = async (repository: string, reference: string) => {
    const accept = 'application/vnd.oci.image.index.v1+json';
    const address = `http://${registry.address}/v2/${repository}/manifests/${reference}`;
    const answer = await fetch(address, { headers: { accept } });
    const { manifests } = (await answer.json()) as {
      manifests: { platform: { os: string; architecture: string } }[];
    };
    const platforms = manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`);
    return {
      digest: answer.headers.get('docker-content-digest'),
      platforms: platforms.filter((platform) => platform !== 'unknown/unknown'),
    };
  };
  const tags = async (repository: string) => {
    const answer = await fetch(`http://${registry.address}/v2/${repository}/tags/list`);
    return ((await answer.json()) as { tags: string[] }).tags;
  };

  it('builds each target of a bake file, says which image is whose, and signs each without a key', async () => {
    const result = await carry('baked', { BAKE_FILES: 'docker-bake.hcl', KEYLESS: 'true' });
    expect(resultsOf(result), saidBy(result)).toEqual({
      'image / Build': 'success',
      'image / Build with identity ()': 'skipped',
      'image / Merge': 'skipped',
      'image / Sign': 'success',
      identity: 'skipped',
      verify: 'skipped',
    });
    const lines = (outputOf(result, 'Build', 'build.references') ?? '').split('\n');
    const digests = await Promise.all(
      ['api', 'worker'].map((name) => manifest(`acme/baked/${name}`, 'main')),
    );
    expect(lines).toEqual([
      `api=${registry.address}/acme/baked/api@${digests[0]?.digest}`,
      `worker=${registry.address}/acme/baked/worker@${digests[1]?.digest}`,
    ]);
    for (const [index, name] of ['api', 'worker'].entries()) {
      const referrers = `sha256-${digests[index]?.digest?.slice('sha256:'.length)}`; // of an older registry, by a tag
      expect(await tags(`acme/baked/${name}`)).toContain(referrers);
    }
  });

  it.skipIf(busybox === undefined)(
    'lends the build a secret, and builds and names what is asked for',
    async () => {
      const variables = { SECRET_ID: 'npmrc', TARGET: 'asking', TAGS: 'type=raw,value=stable' };
      const result = await carry('lent', variables, {
        dockerfile: lent,
        secret: '//registry/:_auth=lent to the build',
      });
      expect(resultsOf(result), saidBy(result)).toMatchObject({
        'image / Build': 'success',
        verify: 'success',
      });
      expect((await tags('acme/lent')).filter((tag) => !/^(?:buildcache|sha256)-/.test(tag))).toEqual([
        'stable',
      ]);
      // A fork has no secrets: whether it builds without one is for the Dockerfile to say. Here in a step that no cache has.
      const anew = lent.replace('"-q"', '"-c"');
      const withoutIt = await carry('lent', { ...variables, PUSH: 'false' }, { dockerfile: anew });
      expect(saidBy(withoutIt)).toContain('A step of the Dockerfile failed');
    },
  );

  it('builds for a cloud’s registry where the identity is, and takes no password there', async () => {
    const role = 'arn:aws:iam::123456789012:role/pusher';
    const result = await carry('cloud', { AWS_ROLE: role });
    expect(resultsOf(result)).toEqual({
      'image / Build': 'skipped',
      'image / Build with identity ()': 'failure',
      'image / Merge': 'skipped',
      'image / Sign': 'skipped',
      identity: 'skipped',
      verify: 'skipped',
    });
    // The registry of this test is nobody's cloud; with a password it would have been logged in to.
    expect(saidBy(result)).toContain(
      "The input 'aws-role' is given, and nothing here is logged in to with it",
    );
    const proposed = await carry('cloud', { AWS_ROLE: role, PUSH: 'false' });
    expect(resultsOf(proposed)).toMatchObject({
      'image / Build': 'success',
      'image / Build with identity ()': 'skipped',
    });
  });

  it('builds each platform of a list in a job of its own, joins them, signs that with a key and without, and gives its digest on', async () => {
    const before = gitHub.state.sarifs.length;
    const result = await carry('two', { PLATFORMS: '["linux/amd64", "linux/arm64"]', KEYLESS: 'true' });
    expect(resultsOf(result), saidBy(result)).toEqual({
      'image / Build linux/amd64': 'success',
      'image / Build linux/arm64': 'success',
      'image / Build with identity (linux/amd64)': 'skipped',
      'image / Build with identity (linux/arm64)': 'skipped',
      'image / Merge': 'success',
      'image / Sign': 'success',
      identity: 'success',
      verify: 'success',
    });
    const { digest, platforms } = await manifest('acme/two', 'main');
    expect(platforms).toEqual(['linux/amd64', 'linux/arm64']);
    expect(outputOf(result, 'Merge', 'merge.digest')).toBe(digest);
    expect(outputOf(result, 'verify', 'verify.digest')).toBe(digest);
    // Each platform's findings are alerts of their own.
    const categories = gitHub.state.sarifs.slice(before).map(({ category }) => category);
    expect(categories.toSorted()).toEqual(
      ['amd64', 'arm64'].map(
        (architecture) => `fairway/image-secrets/${registry.address}/acme/two/linux/${architecture}/`,
      ),
    );
    // The images of each platform have no names: the tags are the merged image's, its signatures' and the caches'.
    const named = (await tags('acme/two')).filter((tag) => !/^(?:buildcache|sha256)-/.test(tag));
    expect(named.toSorted()).toEqual(['main', expect.stringMatching(/^sha-[0-9a-f]{12}$/)]);
  });

  it.each([
    ['', 'image / Build'],
    ['linux/amd64,linux/arm64', 'image / Build'],
  ])('builds in one job for platforms %j', async (platforms, job) => {
    const result = await carry('one', { PLATFORMS: platforms });
    expect(resultsOf(result), saidBy(result)).toEqual({
      [job]: 'success',
      'image / Build with identity ()': 'skipped',
      'image / Merge': 'skipped',
      'image / Sign': 'skipped',
      identity: 'skipped',
      verify: 'success',
    });
    const { digest } = await manifest('acme/one', 'main');
    expect(outputOf(result, 'Build', 'build.digest')).toBe(digest);
    expect(outputOf(result, 'verify', 'verify.digest')).toBe(digest);
  });

  it('pushes, merges and keeps nothing where it only builds', async () => {
    const result = await carry('none', { PLATFORMS: '["linux/amd64", "linux/arm64"]', PUSH: 'false' });
    expect(resultsOf(result)).toEqual({
      'image / Build linux/amd64': 'success',
      'image / Build linux/arm64': 'success',
      'image / Build with identity (linux/amd64)': 'skipped',
      'image / Build with identity (linux/arm64)': 'skipped',
      'image / Merge': 'skipped',
      'image / Sign': 'skipped',
      identity: 'skipped',
      verify: 'skipped',
    });
    expect(results.artifacts(String(runs))).toEqual([]);
    expect((await fetch(`http://${registry.address}/v2/acme/none/tags/list`)).status).toBe(404);
  });
});
