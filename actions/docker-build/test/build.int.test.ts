import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { runAction } from '@fairway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { missing, type Part, programs, startBuildkit, startRegistry, user } from './real/parts.ts';
import { placeStaticProgram } from './real/static-program.ts';

const action = dirname(dirname(fileURLToPath(import.meta.url)));

describe.skipIf(missing !== '')(
  `with a real BuildKit and registry${missing && ` (missing: ${missing})`}`,
  () => {
    let buildkit: Part;
    let open: Part;
    let guarded: Part;
    let workspace = '';

    beforeAll(async () => {
      [buildkit, open, guarded] = await Promise.all([
        startBuildkit(),
        startRegistry({ guarded: false }),
        startRegistry({ guarded: true }),
      ]);
    });
    afterAll(() => Promise.all([buildkit?.stop(), open?.stop(), guarded?.stop()]));
    beforeEach(async () => {
      workspace = await mkdtemp(join(tmpdir(), 'workspace-'));
      await writeFile(join(workspace, 'hello'), 'hello\n');
      await dockerfile('FROM scratch', 'COPY hello /hello');
      return () => rm(workspace, { recursive: true, force: true });
    });

    const dockerfile = (...lines: string[]) =>
      writeFile(join(workspace, 'Dockerfile'), `${lines.join('\n')}\n`);

    async function build(inputs: Record<string, string>, env: Record<string, string> = {}) {
      const { main, post } = await runAction({
        action,
        workspace,
        timeoutMs: 120_000,
        inputs: { builder: buildkit.address, 'registry-insecure': 'true', retries: '0', ...inputs },
        env: { PATH: `${dirname(programs.buildx ?? '')}${delimiter}${process.env.PATH}`, ...env },
      });
      expect(post?.exitCode, post?.log).toBe(0);
      return main;
    }

    async function fromRegistry(address: string, path: string, headers: Record<string, string> = {}) {
      const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
      return fetch(`http://${address}/v2/${path}`, { headers: { accept, ...headers } });
    }

    async function json(address: string, path: string) {
      // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not so
      return (await (await fromRegistry(address, path)).json()) as any;
    }

    const errorsOf = (result: Awaited<ReturnType<typeof build>>) =>
      result.commands.filter(({ name }) => name === 'error').map(({ message }) => message);

    it('pushes, and the registry has that digest under every tag', async () => {
      const result = await build({ image: `${open.address}/acme/app`, push: 'true' });
      expect(errorsOf(result)).toEqual([]);
      expect(result.outputs).toMatchObject({ result: 'success', pushed: 'true', steps: '1' });
      const { digest = '', tags = '' } = result.outputs;
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(result.outputs.reference).toBe(`${open.address}/acme/app@${digest}`);
      expect(tags.split('\n')).toEqual([
        `${open.address}/acme/app:main`,
        `${open.address}/acme/app:sha-4d1f0c3e5b6a`,
      ]);
      for (const tag of ['main', 'sha-4d1f0c3e5b6a']) {
        const answer = await fromRegistry(open.address, `acme/app/manifests/${tag}`);
        expect(answer.headers.get('docker-content-digest')).toBe(digest);
      }
      expect(Number(result.outputs.size)).toBeGreaterThan(100);
      expect(result.outputs.provenance).toMatch(/^sha256:/);
      const provenance = await fromRegistry(open.address, `acme/app/blobs/${result.outputs.provenance}`);
      expect(await provenance.json()).toMatchObject({
        predicateType: expect.stringContaining('slsa.dev/provenance'),
      });
      expect(result.summary).toContain(digest);
    });

    it('labels the image with what it was made from', async () => {
      const inputs = {
        image: `${open.address}/acme/labels`,
        push: 'true',
        provenance: 'false',
        cache: 'none',
        labels: 'team=photo',
      };
      const first = await build({ ...inputs });
      const manifest = await json(open.address, `acme/labels/manifests/${first.outputs.digest}`);
      const config = await (
        await fromRegistry(open.address, `acme/labels/blobs/${manifest.config.digest}`)
      ).json();
      expect(config.config.Labels).toMatchObject({
        team: 'photo',
        'org.opencontainers.image.revision': '4d1f0c3e5b6a79880123456789abcdef01234567',
        'org.opencontainers.image.source': 'https://github.com/acme/photo-app',
        'org.opencontainers.image.version': 'main',
      });
    });

    it('finds its cache again in the registry', async () => {
      const inputs = { image: `${open.address}/acme/cached`, push: 'true' };
      await build(inputs);
      const second = await build(inputs);
      expect(second.outputs).toMatchObject({ 'cache-hits': '1', steps: '1', result: 'success' });
      const tags = await json(open.address, 'acme/cached/tags/list');
      expect(tags.tags).toContain('buildcache-main');
    });

    it('builds without pushing, and says the digest all the same', async () => {
      const result = await build({ image: `${open.address}/acme/dry` });
      expect(result.outputs).toMatchObject({ result: 'success', pushed: 'false' });
      expect(result.outputs.digest).toMatch(/^sha256:/);
      expect((await fromRegistry(open.address, 'acme/dry/tags/list')).status).toBe(404);
    });

    it('logs in, and leaves the password nowhere', async () => {
      const image = `${guarded.address}/acme/app`;
      const spy = await spyingBuildx(join(workspace, 'spy'));
      const result = await build(
        { image, push: 'true', ...user },
        { PATH: `${spy}${delimiter}${process.env.PATH}` },
      );
      expect(errorsOf(result)).toEqual([]);
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
      const answer = await fromRegistry(guarded.address, 'acme/app/manifests/main', { authorization });
      expect(answer.headers.get('docker-content-digest')).toBe(result.outputs.digest);
    });

    it('learns of a wrong password before it builds', async () => {
      const image = `${guarded.address}/acme/app`;
      const result = await build({ image, push: 'true', username: 'robot', password: 'wrong-horse-battery' });
      expect(result.exitCode).toBe(1);
      expect(errorsOf(result)).toEqual([
        expect.stringMatching(/refused pushing to it with 401[\s\S]*What to do: Check username/),
      ]);
      expect(result.log).not.toContain('COPY hello');
      expect(result.outputs).toMatchObject({ result: 'failure', pushed: 'false', digest: '' });
    });

    it('says what a registry without a login refuses', async () => {
      const result = await build({ image: `${guarded.address}/acme/app`, push: 'true', cache: 'none' });
      expect(errorsOf(result)).toEqual([
        expect.stringMatching(/registry refused access[\s\S]*What to do: Check username/),
      ]);
    });

    it('puts a Dockerfile’s error on its line, and never tries it again', async () => {
      await dockerfile('FROM scratch', '', 'COPY nope /');
      const result = await build({ image: `${open.address}/acme/bad`, retries: '3' });
      const placed = result.commands.filter(
        ({ name, properties }) => name === 'error' && properties.line === '3',
      );
      expect(placed[0]?.properties.file).toBe('Dockerfile');
      expect(result.log.match(/▸ docker buildx build/g)).toHaveLength(1);
      expect(errorsOf(result).at(-1)).toMatch(/copies something that is not there[\s\S]*\.dockerignore/);
      expect(result.outputs.result).toBe('failure');
      expect(result.summary).toContain('❌');
    });

    it('shows BuildKit’s own findings on their lines', async () => {
      await dockerfile('FROM scratch as X', 'COPY hello /hello');
      const result = await build({ image: `${open.address}/acme/lint` });
      expect(result.commands.filter(({ name }) => name === 'warning')).toContainEqual(
        expect.objectContaining({ properties: expect.objectContaining({ file: 'Dockerfile', line: '1' }) }),
      );
    });

    it('says that the builder is not there', async () => {
      const result = await build({
        image: `${open.address}/acme/app`,
        builder: 'unix:///nowhere/buildkitd.sock',
      });
      expect(errorsOf(result)).toEqual([
        expect.stringMatching(/there is no such socket[\s\S]*setup-buildx-action/),
      ]);
      const named = await build({ image: `${open.address}/acme/app`, builder: 'nobody' });
      expect(errorsOf(named)).toEqual([expect.stringMatching(/no builder "nobody" found/)]);
    });

    it('hands a secret to the step that mounts it, and to nothing else', async () => {
      await placeStaticProgram(join(workspace, 'tool'));
      await dockerfile(
        'FROM scratch',
        'COPY tool /tool',
        'RUN --mount=type=secret,id=key,required=true ["/tool", "print", "/run/secrets/key"]',
      );
      const result = await build(
        { image: `${open.address}/acme/secret`, push: 'true', cache: 'none', secrets: 'key=THE_KEY' },
        { THE_KEY: 's3cret-value-1234' },
      );
      expect(errorsOf(result)).toEqual([]);
      expect(result.log).toMatch(/│ \*\*\*$/m); // it was there, and the log hides it
      expect(result.log + result.summary).not.toContain('s3cret-value');
      for (const blob of await everyBlob(open.address, 'acme/secret', result.outputs.digest ?? '')) {
        expect(blob.includes('s3cret-value')).toBe(false);
      }
    });

    it('shows what a failing step printed, and defuses commands in it', async () => {
      await placeStaticProgram(join(workspace, 'tool'));
      await dockerfile(
        'FROM scratch',
        'COPY tool /tool',
        'RUN ["/tool", "fail", "::error::owned by a step"]',
      );
      const result = await build({ image: `${open.address}/acme/red`, retries: '3' });
      expect(errorsOf(result).at(-1)).toMatch(
        /A step of the Dockerfile failed in \[2\/2\] RUN[\s\S]*exit code: 3/,
      );
      expect(errorsOf(result)).not.toContain('owned by a step');
      expect(result.summary).toContain('owned by a step');
      expect(result.log.match(/▸ docker buildx build/g)).toHaveLength(1);
    });

    /** Manifests, configurations and layers, unpacked where they are compressed. */
    async function everyBlob(address: string, repository: string, digest: string): Promise<Buffer[]> {
      const text = await (await fromRegistry(address, `${repository}/manifests/${digest}`)).text();
      const manifest = JSON.parse(text);
      const children = await Promise.all(
        (manifest.manifests ?? []).map((child: { digest: string }) =>
          everyBlob(address, repository, child.digest),
        ),
      );
      const blobs = [manifest.config, ...(manifest.layers ?? [])]
        .filter(Boolean)
        .map(async (blob: { digest: string }) => {
          const bytes = Buffer.from(
            await (await fromRegistry(address, `${repository}/blobs/${blob.digest}`)).arrayBuffer(),
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
