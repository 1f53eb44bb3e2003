import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { missing } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

const keys = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const BAKE = `
variable "GREETING" { default = "hello" }
group "default" { targets = ["api", "worker"] }
target "base" { dockerfile = "base.Dockerfile" }
target "api" {
  contexts = { base = "target:base" }
  args = { GREETING = GREETING }
  tags = ["somewhere.else/of/the/file:own"]
}
target "worker" {
  contexts = { base = "target:base" }
  dockerfile = "worker.Dockerfile"
}
`;

describe.skipIf(missing !== '')(`bake files${missing && ` (missing: ${missing})`}`, () => {
  let shop: Workshop;

  beforeAll(async () => {
    shop = await Workshop.open();
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    const clear = await shop.freshWorkspace();
    await shop.write('docker-bake.hcl', BAKE);
    await shop.write('base.Dockerfile', 'FROM scratch\nCOPY hello /hello\n');
    await shop.dockerfile('FROM base', 'ARG GREETING', 'ENV GREETING=$GREETING');
    await shop.write('worker.Dockerfile', 'FROM base\nCOPY hello /worker\n');
    return clear;
  });

  const config = async (repository: string, digest: string) => {
    const index = await shop.json(`${repository}/manifests/${digest}`);
    const manifest = await shop.json(`${repository}/manifests/${index.manifests[0].digest}`);
    return shop.json(`${repository}/blobs/${manifest.config.digest}`);
  };

  it('give an image for each target: named, labelled, attested, signed and pushed', async () => {
    const image = `${shop.registry}/acme/shop`;
    const result = await shop.run({
      image,
      'bake-files': 'docker-bake.hcl',
      push: 'true',
      'sign-key': keys.privateKey,
    });
    expect(result.errors).toEqual([]);
    const images = JSON.parse(result.outputs.images ?? '');
    expect(Object.keys(images)).toEqual(['api', 'worker']);
    expect(result.outputs.names?.split('\n')).toEqual([`${image}/api`, `${image}/worker`]);
    for (const [name, { digest, reference, tags }] of Object.entries<Record<string, string>>(images)) {
      expect(await shop.digestOf(`acme/shop/${name}`, 'main')).toBe(digest);
      expect(reference).toBe(`${image}/${name}@${digest}`);
      expect(tags).toContain(`${image}/${name}:main`);
      const { config: settings } = await config(`acme/shop/${name}`, digest ?? '');
      expect(settings.Labels['org.opencontainers.image.revision']).toMatch(/^[0-9a-f]{40}$/);
      const verify = { phase: 'verify', image: `${image}/${name}`, digests: digest ?? '' };
      expect((await shop.run({ ...verify, 'verify-key': keys.publicKey })).errors).toEqual([]);
    }
    expect((await config('acme/shop/api', images.api.digest)).config.Env).toContain('GREETING=hello');
    expect(result.outputs).toMatchObject({ digest: '', reference: '', pushed: 'true', result: 'success' });
    expect(result.outputs.tags?.split('\n')).toContain(`${image}/worker:main`);
  });

  it('are checked target by target, and what fails stops those after it', async () => {
    const image = `${shop.registry}/acme/checked-{target}`;
    const result = await shop.run({
      image,
      'bake-files': 'docker-bake.hcl',
      push: 'true',
      'scan-command': 'case "$IMAGE_NAME" in *worker) echo CVE-1; exit 7;; esac',
    });
    expect(result.errors).toEqual([
      expect.stringMatching(/ended with exit code 7; the image was not pushed/),
    ]);
    expect(result.outputs).toMatchObject({ result: 'failure', pushed: 'false', digest: '' });
    expect(Object.keys(JSON.parse(result.outputs.images ?? ''))).toEqual(['api']);
    expect(await shop.digestOf('acme/checked-api', 'main')).toMatch(/^sha256:/);
    expect((await shop.fetch('acme/checked-worker/manifests/main')).status).toBe(404);
  });

  it('are signed later by a job that builds nothing, all of them in one step', async () => {
    const image = `${shop.registry}/acme/later-{target}`;
    const baked = await shop.run({ image, 'bake-files': 'docker-bake.hcl', push: 'true' });
    const built = Object.values<Record<string, string>>(JSON.parse(baked.outputs.images ?? ''));
    const sign = { phase: 'sign', image, 'sign-key': keys.privateKey };
    const signed = await shop.run({ ...sign, digests: baked.outputs.references ?? '' });
    expect(signed.errors).toEqual([]);
    expect(signed.outputs).toMatchObject({ result: 'success', digest: '' });
    expect(signed.outputs.signature?.split('\n')).toEqual(
      built.map(({ image, digest }) => `${image}:${digest?.replace(':', '-')}.sig`),
    );
    for (const { image, digest } of built) {
      const verify = { phase: 'verify', image: image ?? '', digests: digest ?? '' };
      expect((await shop.run({ ...verify, 'verify-key': keys.publicKey })).errors).toEqual([]);
    }
    const elsewhere = `ghcr.io/acme/other@${built[0]?.digest}`;
    expect((await shop.run({ ...sign, digests: elsewhere })).errors).toEqual([
      expect.stringContaining('no image by its digest in'),
    ]);
  });

  it('have no way to the identity of the job that builds them', async () => {
    await shop.write(
      'docker-bake.hcl',
      `variable "ACTIONS_ID_TOKEN_REQUEST_TOKEN" { default = "" }
       target "default" { args = { GREETING = "got <\${ACTIONS_ID_TOKEN_REQUEST_TOKEN}>" } }`,
    );
    await shop.dockerfile('FROM scratch', 'COPY hello /hello', 'ARG GREETING', 'ENV GREETING=$GREETING');
    const inputs = { image: `${shop.registry}/acme/nobody`, 'bake-files': 'docker-bake.hcl', push: 'true' };
    const result = await shop.run(inputs, { env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-key-to-it' } });
    expect(result.errors).toEqual([]);
    expect((await config('acme/nobody', result.outputs.digest ?? '')).config.Env).toContain(
      'GREETING=got <>',
    );
  });

  it('give one image its usual outputs, with arguments laid over the file’s', async () => {
    const image = `${shop.registry}/acme/one`;
    const inputs = { image, 'bake-files': 'docker-bake.hcl', 'bake-targets': 'api', push: 'true' };
    const result = await shop.run({ ...inputs, 'build-args': 'GREETING=good day' });
    expect(result.errors).toEqual([]);
    expect(await shop.digestOf('acme/one', 'main')).toBe(result.outputs.digest);
    expect((await config('acme/one', result.outputs.digest ?? '')).config.Env).toContain('GREETING=good day');
  });

  it('put an error on the line of the target’s own Dockerfile', async () => {
    await shop.write('worker.Dockerfile', 'FROM base\nCOPY nowhere /worker\n');
    const inputs = {
      image: `${shop.registry}/acme/wrong`,
      'bake-files': 'docker-bake.hcl',
      'bake-targets': 'worker',
    };
    const result = await shop.run(inputs);
    const annotation = result.commands.find(({ properties }) => properties.file !== undefined);
    expect(annotation?.properties).toMatchObject({ file: 'worker.Dockerfile', line: '2' });
    expect(result.outputs.result).toBe('failure');
  });

  it('that cannot be read are told of in buildx’s own words', async () => {
    await shop.write('docker-bake.hcl', 'target "x" {');
    const result = await shop.run({ image: `${shop.registry}/acme/torn`, 'bake-files': 'docker-bake.hcl' });
    expect(result.errors).toEqual([expect.stringMatching(/docker-bake\.hcl:1[\s\S]*Mend the bake file/)]);
  });

  it.each([
    [{ 'bake-files': '--print' }, /no bake file or target/],
    [{ 'bake-files': '../docker-bake.hcl' }, /outside of the workspace/],
    [{ 'bake-files': 'docker-bake.hcl', file: 'Dockerfile' }, /do not go together/],
    [{ 'bake-targets': 'api' }, /without 'bake-files'/],
  ])('are refused as %j', async (inputs, words) => {
    const result = await shop.run({ image: `${shop.registry}/acme/refused`, ...inputs });
    expect(result.errors).toEqual([expect.stringMatching(words)]);
  });
});
