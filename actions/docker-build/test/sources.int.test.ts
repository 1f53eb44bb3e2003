import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResultsService, startResults } from '@fairway/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGitServer } from './real/git-server.ts';
import { missing, type Part, startBuildkit } from './real/parts.ts';
import { placeLinkedProgram, startSshAgent } from './real/ssh-agent.ts';
import { Workshop } from './real/workshop.ts';

/** What a build is made from, and what of the machine it may have. */
describe.skipIf(missing !== '')(
  `with a real BuildKit and registry${missing && ` (missing: ${missing})`}`,
  () => {
    let shop: Workshop;
    let shell: string;

    beforeAll(async () => {
      shop = await Workshop.open();
      shell = await shop.shell();
    });
    afterAll(() => shop?.close());
    beforeEach(() => shop.freshWorkspace());

    describe('a context in git', () => {
      const files = {
        'web/Dockerfile': 'FROM scratch\nCOPY greeting /greeting\n',
        'web/greeting': 'from git\n',
      };

      it('is built at the ref and in the folder that its address names', async () => {
        const server = await startGitServer(files);
        try {
          const context = `${server.address}#main:web`;
          const result = await shop.run({ image: `${shop.registry}/acme/git`, context, push: 'true' });
          expect(result.errors).toEqual([]);
          const provenance = await shop.json(`acme/git/blobs/${result.outputs.provenance}`);
          expect(JSON.stringify(provenance.predicate)).toContain(server.commit);
        } finally {
          await server.stop();
        }
      });

      it('of a private repository is read with a token that stays a secret', async () => {
        const token = 'ghs_private-repository-token';
        const server = await startGitServer(files, token);
        try {
          const inputs = { image: `${shop.registry}/acme/private`, context: `${server.address}#main:web` };
          const stranger = await shop.run(inputs);
          expect(stranger.errors.at(-1)).toMatch(/could not be read[\s\S]*GIT_AUTH_TOKEN/);
          const secrets = 'GIT_AUTH_TOKEN=TOKEN';
          const result = await shop.run({ ...inputs, secrets, push: 'true' }, { env: { TOKEN: token } });
          expect(result.errors).toEqual([]);
          expect(result.log).not.toContain(token);
          const provenance = await shop.fetch(`acme/private/blobs/${result.outputs.provenance}`);
          expect(await provenance.text()).not.toContain(token);
        } finally {
          await server.stop();
        }
      });

      it('that is not there is told from a Dockerfile’s fault', async () => {
        const server = await startGitServer(files);
        try {
          const context = `${server.address}#nosuch`;
          const result = await shop.run({ image: `${shop.registry}/acme/git`, context, retries: '2' });
          expect(result.errors.at(-1)).toMatch(/git repository could not be read.*nosuch/);
          expect(result.log.match(/▸ docker buildx build/g)).toHaveLength(1);
        } finally {
          await server.stop();
        }
      });
    });

    it('an SSH agent is lent to the step that mounts it', async () => {
      const agent = await startSshAgent();
      try {
        await placeLinkedProgram('/usr/bin/ssh-add', join(shop.workspace, 'root'));
        await shop.dockerfile(
          'FROM scratch',
          'COPY root /',
          'RUN --mount=type=ssh,required=true ["/usr/bin/ssh-add", "-l"]',
        );
        const image = `${shop.registry}/acme/agent`;
        const result = await shop.run({ image, ssh: 'default' }, { env: { SSH_AUTH_SOCK: agent.socket } });
        expect(result.errors).toEqual([]);
        expect(result.log).toContain(agent.fingerprint);
        const without = await shop.run({ image, 'no-cache': 'true' });
        expect(without.errors.at(-1)).toMatch(/was not lent[\s\S]*ssh: default/);
      } finally {
        await agent.stop();
      }
    });

    it('named contexts come from a folder and from a registry', async () => {
      await mkdir(join(shop.workspace, 'assets'));
      await shop.write('assets/logo', 'a logo\n');
      const base = await shop.run({ image: `${shop.registry}/acme/named-base`, push: 'true' });
      await shop.dockerfile(
        'FROM base',
        'COPY --from=assets logo /logo',
        `RUN --mount=from=shell,target=/shell ["/shell/bin/busybox", "cat", "/hello", "/logo"]`,
      );
      const result = await shop.run({
        image: `${shop.registry}/acme/named`,
        'build-contexts': [
          'assets=assets',
          `base=docker-image://${base.outputs.reference}`,
          `shell=docker-image://${shell}`,
        ].join('\n'),
      });
      expect(result.errors).toEqual([]);
      expect(result.log).toMatch(/│ hello\n[\s\S]*│ a logo/);
    });

    it('limits and network are those asked for', async () => {
      await shop.dockerfile(
        `FROM ${shell}`,
        'RUN ulimit -Sn && ulimit -Hn && ls /sys/class/net | tr "\\n" "+"',
      );
      const image = `${shop.registry}/acme/limits`;
      const result = await shop.run({ image, ulimits: 'nofile=77:88', network: 'none' });
      expect(result.errors).toEqual([]);
      expect(result.log).toMatch(/│ 77\n.*│ 88\n.*│ lo\+$/m);
      const open = await shop.run({ image, network: 'host' });
      expect(open.errors.at(-1)).toMatch(/builder cannot do what is asked of it[\s\S]*network\.host/);
    });

    it('annotations are on the index and on the image, as asked', async () => {
      const result = await shop.run({
        image: `${shop.registry}/acme/noted`,
        push: 'true',
        annotations: 'index,manifest:org.opencontainers.image.description=Says, "hello"\nmanifest:team=photo',
      });
      expect(result.errors).toEqual([]);
      const index = await shop.json(`acme/noted/manifests/${result.outputs.digest}`);
      expect(index.annotations).toEqual({ 'org.opencontainers.image.description': 'Says, "hello"' });
      const manifest = await shop.json(`acme/noted/manifests/${index.manifests[0].digest}`);
      expect(manifest.annotations).toMatchObject({
        'org.opencontainers.image.description': 'Says, "hello"',
        team: 'photo',
      });
    });

    it('a cache in a folder of the runner is read by the next run, and does not grow from run to run', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'layer-cache-'));
      try {
        const run = async (text: string) => {
          const builder: Part = await startBuildkit();
          try {
            await shop.write('hello', text);
            const image = `${shop.registry}/acme/local-cache`;
            const inputs = { image, builder: builder.address, cache: 'local', 'cache-folder': folder };
            return await shop.run({ ...inputs, push: 'true' });
          } finally {
            await builder.stop();
          }
        };
        await shop.dockerfile(`FROM ${shell}`, 'RUN echo once > /made', 'COPY hello /hello');
        expect((await run('one\n')).errors).toEqual([]);
        const blobs = async () => (await readdir(join(folder, 'main/blobs/sha256'))).length;
        const before = await blobs();
        const second = await run('two\n');
        expect(second.outputs).toMatchObject({ result: 'success', 'cache-hits': '1', steps: '3' });
        expect(await blobs()).toBe(before);
        expect(await readdir(folder)).toEqual(['main']);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    describe('GitHub’s cache', () => {
      let results: ResultsService;
      beforeAll(async () => {
        results = await startResults();
      });
      afterAll(() => results?.close());

      /** On a builder that has never built anything, as on a runner of its own. */
      async function elsewhere(inputs: Record<string, string>, env: Record<string, string>) {
        const builder: Part = await startBuildkit();
        try {
          const image = `${shop.registry}/acme/gha`;
          return await shop.run({ image, builder: builder.address, cache: 'gha', ...inputs }, { env });
        } finally {
          await builder.stop();
        }
      }

      it('is written by a push of a branch, and read by the next and by a pull request', async () => {
        await shop.dockerfile(`FROM ${shell}`, 'COPY hello /hello', 'RUN echo once > /made');
        const first = await elsewhere({ push: 'true' }, results.env);
        expect(first.errors).toEqual([]);
        expect(results.caches().some(({ key }) => key.startsWith('buildkit-blob-'))).toBe(true);
        expect(results.caches().some(({ key }) => key.startsWith('index-'))).toBe(true);
        const count = results.caches().length;
        const second = await elsewhere({ push: 'true' }, results.env);
        expect(second.outputs).toMatchObject({ 'cache-hits': '2', result: 'success' });
        const scopes = [
          { scope: 'refs/pull/7/merge', permission: 3 },
          { scope: 'refs/heads/main', permission: 1 },
        ] as const;
        const after = results.caches().length;
        const proposal = await elsewhere({}, results.envFor({ scopes }));
        expect(proposal.outputs).toMatchObject({ 'cache-hits': '2', pushed: 'false' });
        expect(results.caches()).toHaveLength(after);
        expect(after).toBeLessThanOrEqual(count + 1);
      });

      it('that is not to be had is no reason to fail', async () => {
        await shop.dockerfile(`FROM ${shell}`, 'COPY hello /hello');
        const gone = await startResults();
        await gone.close();
        const result = await elsewhere({ push: 'true' }, gone.env);
        expect(result.outputs).toMatchObject({ result: 'success', pushed: 'true' });
      });
    });
  },
);
