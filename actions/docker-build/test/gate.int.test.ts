import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, startFaultyProxy } from './real/faulty-proxy.ts';
import { missing } from './real/parts.ts';
import { placeStaticProgram } from './real/static-program.ts';
import { Workshop } from './real/workshop.ts';

describe.skipIf(missing !== '')(`before an image goes out${missing && ` (missing: ${missing})`}`, () => {
  let shop: Workshop;

  beforeAll(async () => {
    shop = await Workshop.open();
  });
  afterAll(() => shop?.close());
  beforeEach(() => shop.freshWorkspace());

  describe('a scan', () => {
    it('sees the image as a layout, and exactly that is pushed', async () => {
      const result = await shop.run({
        image: `${shop.registry}/acme/scanned`,
        push: 'true',
        'scan-command': 'cat "$IMAGE_LAYOUT/blobs/sha256/${IMAGE_DIGEST#sha256:}" > seen.json; env > env.txt',
        password: 'correct-horse-battery',
        username: 'robot',
      });
      expect(result.errors).toEqual([]);
      expect(result.outputs).toMatchObject({ result: 'success', pushed: 'true' });
      const pushed = await shop.fetch('acme/scanned/manifests/main');
      expect(pushed.headers.get('docker-content-digest')).toBe(result.outputs.digest);
      expect(await pushed.text()).toBe(await readFile(join(shop.workspace, 'seen.json'), 'utf8'));
      expect(await readFile(join(shop.workspace, 'env.txt'), 'utf8')).not.toContain('correct-horse');
      expect(Number(result.outputs.size)).toBeGreaterThan(100);
      expect(result.summary).toContain('scan passed');
    });

    it('that fails keeps the image here', async () => {
      const result = await shop.run({
        image: `${shop.registry}/acme/unsafe`,
        push: 'true',
        'scan-command': 'echo CVE-1; exit 7',
      });
      expect(result.errors).toEqual([
        expect.stringMatching(/scan of sha256:[0-9a-f]+ ended with exit code 7; the image was not pushed/),
      ]);
      expect(result.outputs).toMatchObject({ result: 'failure', pushed: 'false' });
      expect(await shop.tags('acme/unsafe').catch(() => [])).not.toContain('main');
      expect((await shop.fetch('acme/unsafe/manifests/main')).status).toBe(404);
    });
  });

  describe('a scan for secrets', () => {
    // Put together here: written out, it would be found in this repository, and rightly. It was never anybody's.
    const key = ['AK', 'IA', 'QX7WZ3MKD5TBR2VH'].join('');

    it('finds what a later layer removed, on its line, and lets nothing out: no image, and no cache with it', async () => {
      await placeStaticProgram(join(shop.workspace, 'tool'));
      await shop.write('parts', `const id = "${key}";\n`);
      await shop.dockerfile(
        'FROM scratch',
        'COPY tool /tool',
        'COPY parts /app/parts.js',
        'COPY hello /app/parts.js',
      );
      const result = await shop.run({
        image: `${shop.registry}/acme/leaky`,
        push: 'true',
        scan: 'secrets',
        token: '',
      });
      expect(result.outputs).toMatchObject({
        result: 'failure',
        'scan-result': 'blocked',
        findings: '1',
        pushed: 'false',
      });
      const [finding] = result.commands.filter(({ name, properties }) => name === 'error' && properties.file);
      expect(finding?.properties).toMatchObject({ file: 'Dockerfile', line: '3' });
      expect(finding?.message).toContain('/app/parts.js');
      expect(result.log + result.summary).not.toContain(key);
      expect(await shop.tags('acme/leaky').catch(() => [])).toEqual([]);
      expect((await shop.fetch(`acme/leaky/manifests/${result.outputs.digest}`)).status).toBe(404);
    });

    it('is not stopped by an archive that nobody can read, and looks into those that it can', async () => {
      await mkdir(join(shop.workspace, 'app'));
      await shop.write('app/a.7z', 'no archive at all');
      await shop.write('app/z.js', `const id = "${key}";\n`);
      await mkdir(join(shop.workspace, 'etc'));
      await writeFile(join(shop.workspace, 'etc/old.conf.gz'), gzipSync(`id = "${key}"\n`));
      await shop.dockerfile('FROM scratch', 'COPY app /app', 'COPY etc /etc');
      const result = await shop.run({
        image: `${shop.registry}/acme/packed`,
        push: 'true',
        scan: 'secrets',
        token: '',
      });
      const places = result.commands.filter(({ name, properties }) => name === 'error' && properties.file);
      expect(
        places.map(({ properties, message }) => [properties.line, /in (\/\S+),/.exec(message)?.[1]]),
      ).toEqual([
        ['2', '/app/z.js'],
        ['3', '/etc/old.conf.gz'],
      ]);
    });

    it('that finds none pushes what was scanned, and its cache', async () => {
      const result = await shop.run({
        image: `${shop.registry}/acme/clean`,
        push: 'true',
        scan: 'secrets',
        token: '',
      });
      expect(result.errors).toEqual([]);
      expect(result.outputs).toMatchObject({ 'scan-result': 'passed', findings: '0', pushed: 'true' });
      expect(await shop.digestOf('acme/clean', 'main')).toBe(result.outputs.digest);
      expect(await shop.tags('acme/clean')).toContainEqual(expect.stringMatching(/^buildcache-/));
    });

    it('sees a secret in the environment', async () => {
      await shop.dockerfile('FROM scratch', 'COPY hello /hello', `ENV DEPLOY_ID=${key}`);
      const result = await shop.run({
        image: `${shop.registry}/acme/env`,
        push: 'true',
        scan: 'secrets',
        token: '',
      });
      expect(result.outputs).toMatchObject({ 'scan-result': 'blocked', pushed: 'false' });
      expect(result.summary).toContain('environment');
    });
  });

  describe('a test run', () => {
    it('runs in the image as its own user', async () => {
      await placeStaticProgram(join(shop.workspace, 'tool'));
      await shop.dockerfile('FROM scratch', 'COPY tool /tool', 'USER 10001');
      const inputs = { image: `${shop.registry}/acme/tested`, push: 'true' };
      const result = await shop.run({ ...inputs, 'test-command': '["/tool", "whoami"]' });
      expect(result.errors).toEqual([]);
      expect(result.log).toContain('uid=10001');
      expect(await shop.digestOf('acme/tested', 'main')).toBe(result.outputs.digest);
    });

    it('that fails keeps the image here, and shows what it printed', async () => {
      await placeStaticProgram(join(shop.workspace, 'tool'));
      await shop.dockerfile('FROM scratch', 'COPY tool /tool');
      const inputs = { image: `${shop.registry}/acme/broken`, push: 'true' };
      const result = await shop.run({ ...inputs, 'test-command': '["/tool", "fail", "no database"]' });
      expect(result.errors).toEqual([
        expect.stringMatching(/the image was not pushed\.\nno database\nWhat to do/),
      ]);
      expect((await shop.fetch('acme/broken/manifests/main')).status).toBe(404);
    });
  });

  describe('a start', () => {
    let probe = '';
    beforeAll(async () => {
      probe = await shop.shell();
    });
    const start = async (name: string, inputs: Record<string, string>, ...dockerfile: string[]) => {
      await placeStaticProgram(join(shop.workspace, 'tool'));
      await shop.dockerfile('FROM scratch', 'COPY tool /bin/tool', ...dockerfile);
      const image = `${shop.registry}/acme/${name}`;
      return shop.run({ image, push: 'true', 'test-port': '8080', 'probe-image': probe, ...inputs });
    };
    const refused = async (name: string) =>
      expect((await shop.fetch(`acme/${name}/manifests/main`)).status).toBe(404);

    it('of an image with nothing but its program answers as its own user, and that digest is pushed', async () => {
      const result = await start(
        'serves',
        { 'test-path': '/healthz?deep=1&all', 'test-env': 'GREETING=$(id) "hello" \'you\' ${HOME} #1' },
        'USER 10001',
        'WORKDIR /srv',
        'ENV GREETING=none port=mine',
        'ENTRYPOINT ["tool", "serve"]',
        'CMD ["8080", "/healthz?deep=1&all", "302"]',
      );
      expect(result.errors).toEqual([]);
      expect(result.log).toContain("Starting the image: tool serve 8080 '/healthz?deep=1&all' 302\n");
      expect(result.log).toContain(`uid=10001 folder=/srv GREETING=$(id) "hello" 'you' \${HOME} #1`);
      expect(result.log).toMatch(/fairway: answered 302 after \d+ s$/m);
      expect(result.summary).toContain('answered on port 8080');
      expect(await shop.digestOf('acme/serves', 'main')).toBe(result.outputs.digest);
    });

    it('that only its own container would reach is warned of', async () => {
      const result = await start(
        'lonely',
        {},
        'ENV HOST=127.0.0.1',
        'CMD ["/bin/tool", "serve", "8080", "/", "200"]',
      );
      expect(result.errors).toEqual([]);
      expect(result.commands).toContainEqual(
        expect.objectContaining({ name: 'warning', message: expect.stringContaining('127.0.0.1 only') }),
      );
    });

    it('that ends at once fails at once, with what it said', async () => {
      const result = await start(
        'dies',
        { 'test-timeout': '1h' },
        'CMD ["/bin/tool", "fail", "no database"]',
      );
      expect(result.errors).toEqual([
        expect.stringMatching(
          /ended with exit code 3 before it answered; the image was not pushed\.\nIt printed last:\nno database\nWhat to do/,
        ),
      ]);
      await refused('dies');
    });

    it('that never listens ends in time', async () => {
      const result = await start('mute', { 'test-timeout': '3s' }, 'CMD ["/bin/tool", "idle"]');
      expect(result.errors).toEqual([
        expect.stringMatching(/did not answer at http:\/\/127\.0\.0\.1:8080\/ within 3\.0 s;[\s\S]*thinking/),
      ]);
      await refused('mute');
    });

    it('that answers 500 is told apart from one that does not', async () => {
      const command = 'CMD ["/bin/tool", "serve", "8080", "/", "500"]';
      const result = await start('ill', { 'test-timeout': '3s' }, command);
      expect(result.errors).toEqual([expect.stringMatching(/answered 500 at http:/)]);
      await refused('ill');
    });

    it('of nothing is a line missing in the Dockerfile', async () => {
      const result = await start('still', {});
      expect(result.errors).toEqual([expect.stringMatching(/neither ENTRYPOINT nor CMD[\s\S]*CMD \["\/app/)]);
      await refused('still');
    });

    it('with a probe that is not there blames that, and not the image', async () => {
      const inputs = { 'probe-image': `${shop.registry}/no/such:1` };
      const result = await start('unasked', inputs, 'CMD ["/bin/tool", "idle"]');
      expect(result.errors).toEqual([
        expect.stringMatching(/could not be started for a test[\s\S]*not found[\s\S]*probe-image/),
      ]);
      await refused('unasked');
    });
  });

  it('a size over its budget names the layers that grew since the image compared with', async () => {
    const inputs = { image: `${shop.registry}/acme/size`, push: 'true' };
    expect((await shop.run(inputs)).errors).toEqual([]);
    await shop.write('big', Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString('base64'));
    await shop.dockerfile('FROM scratch', 'COPY hello /hello', 'COPY big /big');
    const result = await shop.run({
      ...inputs,
      tags: 'next',
      'size-budget': '20KiB',
      'compare-with': 'main',
    });
    expect(result.errors).toEqual([
      expect.stringMatching(/budget is 20\.0 KiB\. New layers:\n {2}\d.* KiB {2}COPY big \/big\n/),
    ]);
    expect(await shop.tags('acme/size')).not.toContain('next');
    const roomy = await shop.run({ ...inputs, tags: 'next', 'size-budget': '1MiB', 'compare-with': 'main' });
    expect(roomy.outputs.result).toBe('success');
    expect(roomy.summary).toMatch(/\+\d+(\.\d+)? KiB against before/);
  });

  it('an image that comes out differently each time is found out', async () => {
    const event = { name: 'push', payload: { head_commit: { timestamp: '2026-03-01T10:00:00Z' } } };
    const inputs = { image: `${shop.registry}/acme/twice`, push: 'true', reproducible: 'true' };
    const same = await shop.run(inputs, { event });
    expect(same.errors).toEqual([]);
    expect(same.log).toContain('The second build gave the same image.');
    expect(await shop.digestOf('acme/twice', 'main')).toBe(same.outputs.digest);

    await placeStaticProgram(join(shop.workspace, 'tool'));
    await shop.dockerfile('FROM scratch', 'COPY tool /tool', 'RUN ["/tool", "clock", "/stamp"]');
    const chance = await shop.run({ ...inputs, tags: 'chance' }, { event });
    expect(chance.errors).toEqual([
      expect.stringMatching(/differs:\n {2}linux\/\w+: RUN \/tool clock \/stamp\nWhat to do/),
    ]);
    expect(await shop.tags('acme/twice')).not.toContain('chance');
  });

  it('a release takes latest only where nothing newer is there', async () => {
    const release = (version: string) =>
      shop.run(
        { image: `${shop.registry}/acme/released`, push: 'true' },
        { github: { ref: `refs/tags/${version}` } },
      );
    const second = await release('v2.0.0');
    await shop.write('hello', 'older\n');
    const first = await release('v1.0.1');
    expect(first.outputs.digest).not.toBe(second.outputs.digest);
    expect(await shop.digestOf('acme/released', 'latest')).toBe(second.outputs.digest);
    expect(await shop.digestOf('acme/released', '1')).toBe(first.outputs.digest);
    expect(first.outputs.tags).not.toContain(':latest');
    expect(first.log).toContain("The tag 'latest' stays where it is: the registry has 2.0.0");
  });

  it('images of two platforms, pushed apart, become one', async () => {
    const image = `${shop.registry}/acme/merged`;
    const one = (platform: string) =>
      shop.run({
        image,
        push: 'true',
        platforms: platform,
        tags: `type=raw,value=${platform.replace('/', '-')}`,
      });
    const [amd, arm] = [await one('linux/amd64'), await one('linux/arm64')];
    expect(arm.errors).toEqual([]);
    const digests = `${amd.outputs.digest}\n${arm.outputs.digest}`;
    const merged = await shop.run({ image, phase: 'merge', digests });
    expect(merged.errors).toEqual([]);
    expect(merged.outputs.digest).toBe(await shop.digestOf('acme/merged', 'main'));
    const index = await shop.json('acme/merged/manifests/main');
    const platforms = index.manifests.map(
      (entry: { platform: { os: string; architecture: string } }) =>
        `${entry.platform.os}/${entry.platform.architecture}`,
    );
    expect(platforms).toEqual(['linux/amd64', 'unknown/unknown', 'linux/arm64', 'unknown/unknown']);
    expect(merged.outputs.provenance).toMatch(/^sha256:/);
  });

  describe('a registry that fails for a moment', () => {
    async function through(
      fault: (request: IncomingMessage, count: number) => Fault | undefined,
      inputs: Record<string, string>,
    ) {
      const proxy = await startFaultyProxy(shop.registry);
      let count = 0;
      proxy.fault = (request) => {
        const found = fault(request, count);
        if (found) count++;
        return found;
      };
      try {
        const result = await shop.run({
          image: `${proxy.address}/acme/faulty`,
          push: 'true',
          cache: 'none',
          retries: '2',
          ...inputs,
        });
        return { result, faults: count, requests: proxy.requests };
      } finally {
        await proxy.stop();
      }
    }
    const gate = { 'scan-command': 'true' };

    it.each<[string, Fault]>([
      ['too many requests', { status: 429, headers: { 'retry-after': '0' } }],
      ['unavailable', { status: 503 }],
      ['cut off in mid-upload', { cutAfter: 1 }],
    ])('is asked again, by the pushing of what was scanned: %s', async (_, fault) => {
      await shop.write('hello', String(Math.random()));
      const { result, faults } = await through(
        ({ method, url }, count) =>
          method === 'PUT' && url?.includes('/blobs/') && count < 2 ? fault : undefined,
        gate,
      );
      expect(result.errors).toEqual([]);
      expect(faults).toBe(2);
      expect(await shop.digestOf('acme/faulty', 'main')).toBe(result.outputs.digest);
    });

    it('is not asked for ever', async () => {
      await shop.write('hello', String(Math.random()));
      const { result } = await through(
        ({ method }) => (method === 'PUT' ? { status: 503 } : undefined),
        gate,
      );
      expect(result.errors).toEqual([
        expect.stringMatching(/could not be uploaded: the registry answered 503[\s\S]*retries: 5/),
      ]);
      expect(result.outputs).toMatchObject({ result: 'failure', pushed: 'false' });
    });

    it('is asked again by BuildKit’s own push: too many requests', async () => {
      await shop.write('hello', String(Math.random()));
      const { result, faults } = await through(
        ({ method, url }, count) =>
          method === 'PUT' && url?.includes('/manifests/') && count < 8 ? { status: 429 } : undefined,
        {},
      );
      expect(result.errors).toEqual([]);
      expect(faults).toBe(8); // BuildKit itself asks again a few times, at once
      expect(result.log).toContain('That may pass: trying again');
      expect(await shop.digestOf('acme/faulty', 'main')).toBe(result.outputs.digest);
    });

    it('that refuses for good is asked once', async () => {
      const { result, requests } = await through(
        ({ method }) => (method === 'POST' ? { status: 403 } : undefined),
        {},
      );
      expect(result.errors).toEqual([expect.stringMatching(/registry refused access/)]);
      expect(requests.filter((line) => line.startsWith('POST')).length).toBeLessThan(4);
      expect(result.log).not.toContain('trying again');
    });
  });

  it('leaves no folder behind', async () => {
    const result = await shop.run({ image: `${shop.registry}/acme/app` });
    expect(result.state.folder).toBeTruthy();
    expect(existsSync(result.state.folder ?? '')).toBe(false);
  });
});
