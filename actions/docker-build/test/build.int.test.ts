import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hadolint, missing, type Part, programs, startRegistry, user } from './real/parts.ts';
import { placeStaticProgram } from './real/static-program.ts';
import { Workshop } from './real/workshop.ts';

describe.skipIf(missing !== '')(
  `with a real BuildKit and registry${missing && ` (missing: ${missing})`}`,
  () => {
    let shop: Workshop;
    let guarded: Part;

    beforeAll(async () => {
      [shop, guarded] = await Promise.all([Workshop.open(), startRegistry({ guarded: true })]);
    });
    afterAll(() => Promise.all([shop?.close(), guarded?.stop()]));
    beforeEach(() => shop.freshWorkspace());

    it('pushes, and the registry has that digest under every tag', async () => {
      const result = await shop.run({ image: `${shop.registry}/acme/app`, push: 'true' });
      expect(result.errors).toEqual([]);
      expect(result.outputs).toMatchObject({ result: 'success', pushed: 'true', steps: '1' });
      const { digest = '', tags = '' } = result.outputs;
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(result.outputs.reference).toBe(`${shop.registry}/acme/app@${digest}`);
      expect(tags.split('\n')).toEqual([
        `${shop.registry}/acme/app:main`,
        `${shop.registry}/acme/app:sha-4d1f0c3e5b6a`,
      ]);
      for (const tag of ['main', 'sha-4d1f0c3e5b6a']) {
        const answer = await shop.fetch(`acme/app/manifests/${tag}`);
        expect(answer.headers.get('docker-content-digest')).toBe(digest);
      }
      expect(Number(result.outputs.size)).toBeGreaterThan(100);
      expect(result.outputs.provenance).toMatch(/^sha256:/);
      const provenance = await shop.fetch(`acme/app/blobs/${result.outputs.provenance}`);
      expect(await provenance.json()).toMatchObject({
        predicateType: expect.stringContaining('slsa.dev/provenance'),
      });
      expect(result.summary).toContain(digest);
    });

    it('labels the image with what it was made from', async () => {
      const inputs = {
        image: `${shop.registry}/acme/labels`,
        push: 'true',
        provenance: 'false',
        cache: 'none',
        labels: 'team=photo',
      };
      const first = await shop.run({ ...inputs });
      const manifest = await shop.json(`acme/labels/manifests/${first.outputs.digest}`);
      const config = await shop.json(`acme/labels/blobs/${manifest.config.digest}`);
      expect(config.config.Labels).toMatchObject({
        team: 'photo',
        'org.opencontainers.image.revision': '4d1f0c3e5b6a79880123456789abcdef01234567',
        'org.opencontainers.image.source': 'https://github.com/acme/photo-app',
        'org.opencontainers.image.version': 'main',
      });
    });

    it('finds its cache again in the registry', async () => {
      const inputs = { image: `${shop.registry}/acme/cached`, push: 'true' };
      await shop.run(inputs);
      const second = await shop.run(inputs);
      expect(second.outputs).toMatchObject({ 'cache-hits': '1', steps: '1', result: 'success' });
      const tags = await shop.json('acme/cached/tags/list');
      expect(tags.tags).toContain('buildcache-main');
    });

    it('takes from the cache what another commit has not changed, and is as old as that', async () => {
      await shop.dockerfile('FROM scratch', 'WORKDIR /app', 'COPY hello /app/hello');
      const inputs = { image: `${shop.registry}/acme/aging`, push: 'true', provenance: 'false' };
      const at = (timestamp: string) => ({ name: 'push', payload: { head_commit: { timestamp } } });
      await shop.run(inputs, { event: at('2026-01-01T00:00:00Z') });
      const second = await shop.run(inputs, { event: at('2026-02-01T00:00:00Z') });
      // Of the two steps BuildKit looks up COPY; a folder in nothing it makes sooner than it finds it.
      expect(second.outputs).toMatchObject({ 'cache-hits': '1', steps: '2' });
      const manifest = await shop.json(`acme/aging/manifests/${second.outputs.digest}`);
      const config = await shop.json(`acme/aging/blobs/${manifest.config.digest}`);
      expect(config.created).toBe('2026-02-01T00:00:00Z');
    });

    it('builds without pushing, and says the digest all the same', async () => {
      const result = await shop.run({ image: `${shop.registry}/acme/dry` });
      expect(result.outputs).toMatchObject({ result: 'success', pushed: 'false' });
      expect(result.outputs.digest).toMatch(/^sha256:/);
      expect((await shop.fetch('acme/dry/tags/list')).status).toBe(404);
    });

    it('logs in, and leaves the password nowhere', async () => {
      const image = `${guarded.address}/acme/app`;
      const spy = await spyingBuildx(join(shop.workspace, 'spy'));
      const result = await shop.run(
        { image, push: 'true', ...user },
        { env: { PATH: `${spy}${delimiter}${process.env.PATH}` } },
      );
      expect(result.errors).toEqual([]);
      expect(result.outputs).toMatchObject({ result: 'success', pushed: 'true' });
      const seen = await readFile(join(spy, 'argv.log'), 'utf8');
      expect(seen).toContain('push=true');
      const basic = Buffer.from(`${user.username}:${user.password}`).toString('base64');
      for (const text of [seen, result.log, result.summary, JSON.stringify(result.outputs)]) {
        expect(text).not.toContain(user.password);
        expect(text).not.toContain(basic);
      }
      const folder = result.state.folder ?? '';
      expect(folder).not.toBe('');
      await expect(readdir(folder)).rejects.toThrow('ENOENT');
      const authorization = `Basic ${basic}`;
      const answer = await shop.fetch('acme/app/manifests/main', guarded.address, { authorization });
      expect(answer.headers.get('docker-content-digest')).toBe(result.outputs.digest);
    });

    it('logs in where base images are, too', async () => {
      const base = await shop.run({ image: `${guarded.address}/acme/base`, push: 'true', ...user });
      expect(base.errors).toEqual([]);
      await shop.dockerfile(`FROM ${base.outputs.reference}`, 'COPY hello /again');
      const inputs = { image: `${shop.registry}/acme/onbase`, push: 'true' };
      const stranger = await shop.run(inputs);
      expect(stranger.errors.at(-1)).toMatch(/registry refused access/);
      const logins = `${guarded.address} ${user.username} BASE_PASSWORD`;
      const known = await shop.run({ ...inputs, logins }, { env: { BASE_PASSWORD: user.password } });
      expect(known.errors).toEqual([]);
      expect(known.outputs.pushed).toBe('true');
      expect(known.log).not.toContain(user.password);
    });

    it('learns of a wrong password before it builds', async () => {
      const image = `${guarded.address}/acme/app`;
      const result = await shop.run({
        image,
        push: 'true',
        username: 'robot',
        password: 'wrong-horse-battery',
      });
      expect(result.exitCode).toBe(1);
      expect(result.errors).toEqual([
        expect.stringMatching(/refused pushing to it with 401[\s\S]*What to do: Check username/),
      ]);
      expect(result.log).not.toContain('COPY hello');
      expect(result.outputs).toMatchObject({ result: 'failure', pushed: 'false', digest: '' });
    });

    it('says what a registry without a login refuses', async () => {
      const result = await shop.run({ image: `${guarded.address}/acme/app`, push: 'true', cache: 'none' });
      expect(result.errors).toEqual([
        expect.stringMatching(/registry refused access[\s\S]*What to do: Check username/),
      ]);
    });

    it('puts a Dockerfile’s error on its line, and never tries it again', async () => {
      await shop.dockerfile('FROM scratch', '', 'COPY nope /');
      const result = await shop.run({ image: `${shop.registry}/acme/bad`, retries: '3' });
      const placed = result.commands.filter(
        ({ name, properties }) => name === 'error' && properties.line === '3',
      );
      expect(placed[0]?.properties.file).toBe('Dockerfile');
      expect(result.log.match(/▸ docker buildx build/g)).toHaveLength(1);
      expect(result.errors.at(-1)).toMatch(/copies something that is not there[\s\S]*\.dockerignore/);
      expect(result.outputs.result).toBe('failure');
      expect(result.summary).toContain('❌');
    });

    it('shows BuildKit’s own findings on their lines', async () => {
      await shop.dockerfile('FROM scratch as X', 'COPY hello /hello');
      const result = await shop.run({ image: `${shop.registry}/acme/lint` });
      expect(result.commands.filter(({ name }) => name === 'warning')).toContainEqual(
        expect.objectContaining({ properties: expect.objectContaining({ file: 'Dockerfile', line: '1' }) }),
      );
    });

    it('ends before it builds where the Dockerfile has findings and that is asked', async () => {
      await shop.dockerfile('FROM scratch as X', 'MAINTAINER me', 'COPY hello /hello');
      const image = `${shop.registry}/acme/linted`;
      const tools = [hadolint, programs.buildx].map((program) => dirname(program));
      const env = { PATH: [...tools, process.env.PATH].join(delimiter) };
      const refused = await shop.run({ image, lint: 'fail' }, { env });
      expect(refused.errors.at(-1)).toMatch(
        /has \d+ findings: .*MaintainerDeprecated.*DL4000.*Nothing was built/,
      );
      expect(refused.log).not.toContain('COPY hello');
      const placed = refused.commands.filter(
        ({ name, properties }) => name === 'error' && properties.line === '2',
      );
      expect(placed.map(({ message }) => message.split(':')[0])).toEqual(
        expect.arrayContaining(['MaintainerDeprecated', 'DL4000']),
      );
      const warned = await shop.run({ image, lint: 'warn', cache: 'none' }, { env });
      expect(warned.outputs.result).toBe('success');
      expect(warned.commands).toContainEqual(
        expect.objectContaining({ name: 'warning', message: expect.stringMatching(/^DL4000/) }),
      );
      await shop.dockerfile('FROM scratch', 'COPY hello /hello');
      const clean = await shop.run({ image, lint: 'fail' }, { env });
      expect(clean.errors).toEqual([]);
      expect(clean.summary).toContain('Dockerfile without findings');
    });

    it('says that the builder is not there', async () => {
      const result = await shop.run({
        image: `${shop.registry}/acme/app`,
        builder: 'unix:///nowhere/buildkitd.sock',
      });
      expect(result.errors).toEqual([
        expect.stringMatching(/there is no such socket[\s\S]*setup-buildx-action/),
      ]);
      const named = await shop.run({ image: `${shop.registry}/acme/app`, builder: 'nobody' });
      expect(named.errors).toEqual([expect.stringMatching(/no builder "nobody" found/)]);
    });

    it('attests the SBOM that the scanner of one’s choice makes', async () => {
      await placeStaticProgram(join(shop.workspace, 'tool'));
      await shop.dockerfile('FROM scratch', 'COPY tool /tool', 'ENTRYPOINT ["/tool", "scan"]');
      const scanner = await shop.run({
        image: `${shop.registry}/acme/scanner`,
        push: 'true',
        provenance: 'false',
      });
      expect(scanner.errors).toEqual([]);
      await shop.dockerfile('FROM scratch', 'COPY hello /greeting');
      const built = await shop.run({
        image: `${shop.registry}/acme/listed`,
        push: 'true',
        sbom: 'true',
        'sbom-generator': scanner.outputs.reference ?? '',
      });
      expect(built.errors).toEqual([]);
      const statement = await shop.json(`acme/listed/blobs/${built.outputs.sbom}`);
      expect(statement.predicate.files).toEqual([{ fileName: '/greeting' }]);
      expect(built.summary).toContain('https://spdx.dev/Document');
    });

    it('hands a secret to the step that mounts it, and to nothing else', async () => {
      await placeStaticProgram(join(shop.workspace, 'tool'));
      await shop.dockerfile(
        'FROM scratch',
        'COPY tool /tool',
        'RUN --mount=type=secret,id=key,required=true ["/tool", "print", "/run/secrets/key"]',
      );
      const result = await shop.run(
        { image: `${shop.registry}/acme/secret`, push: 'true', cache: 'none', secrets: 'key=THE_KEY' },
        { env: { THE_KEY: 's3cret-value-1234' } },
      );
      expect(result.errors).toEqual([]);
      expect(result.log).toMatch(/│ \*\*\*$/m); // it was there, and the log hides it
      expect(result.log + result.summary).not.toContain('s3cret-value');
      for (const blob of await everyBlob('acme/secret', result.outputs.digest ?? '')) {
        expect(blob.includes('s3cret-value')).toBe(false);
      }
    });

    it('shows what a failing step printed, and defuses commands in it', async () => {
      await placeStaticProgram(join(shop.workspace, 'tool'));
      await shop.dockerfile(
        'FROM scratch',
        'COPY tool /tool',
        'RUN ["/tool", "fail", "::error::owned by a step"]',
      );
      const result = await shop.run({ image: `${shop.registry}/acme/red`, retries: '3' });
      expect(result.errors.at(-1)).toMatch(
        /A step of the Dockerfile failed in \[2\/2\] RUN[\s\S]*exit code: 3/,
      );
      expect(result.errors).not.toContain('owned by a step');
      expect(result.summary).toContain('owned by a step');
      expect(result.log.match(/▸ docker buildx build/g)).toHaveLength(1);
    });

    /** Manifests, configurations and layers, unpacked where they are compressed. */
    async function everyBlob(repository: string, digest: string): Promise<Buffer[]> {
      const text = await (await shop.fetch(`${repository}/manifests/${digest}`)).text();
      const manifest = JSON.parse(text);
      const children = await Promise.all(
        (manifest.manifests ?? []).map((child: { digest: string }) => everyBlob(repository, child.digest)),
      );
      const blobs = [manifest.config, ...(manifest.layers ?? [])]
        .filter(Boolean)
        .map(async (blob: { digest: string }) => {
          const bytes = Buffer.from(
            await (await shop.fetch(`${repository}/blobs/${blob.digest}`)).arrayBuffer(),
          );
          return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
        });
      return [Buffer.from(text), ...children.flat(), ...(await Promise.all(blobs))];
    }
  },
);

/** A folder with a buildx that notes its argv and then is the real one. */
async function spyingBuildx(folder: string): Promise<string> {
  await mkdir(folder);
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${folder}/argv.log'\nexec '${programs.buildx}' "$@"\n`;
  await writeFile(join(folder, 'buildx'), script, { mode: 0o755 });
  return folder;
}
