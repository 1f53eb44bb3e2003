import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAction } from '@fairway/testing';
import { expect } from 'vitest';
import { busybox, type Part, programs, startBuildkit, startRegistry } from './parts.ts';

type Run = Omit<Parameters<typeof runAction>[0], 'action' | 'inputs' | 'workspace'>;

/** A builder, a registry, and a folder with `FROM scratch` and one file, which each test may change. */
export class Workshop {
  readonly registry: string;
  workspace = '';
  readonly #buildkit: Part;
  readonly #registry: Part;

  private constructor(buildkit: Part, registry: Part) {
    this.#buildkit = buildkit;
    this.#registry = registry;
    this.registry = registry.address;
  }

  static async open(): Promise<Workshop> {
    const [buildkit, registry] = await Promise.all([startBuildkit(), startRegistry({ guarded: false })]);
    return new Workshop(buildkit, registry);
  }

  async close(): Promise<void> {
    await Promise.all([this.#buildkit.stop(), this.#registry.stop()]);
  }

  /** @returns what clears the folder away */
  async freshWorkspace(): Promise<() => Promise<void>> {
    const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
    this.workspace = folder;
    await this.write('hello', 'hello\n');
    await this.dockerfile('FROM scratch', 'COPY hello /hello');
    return () => rm(folder, { recursive: true, force: true });
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.workspace, path), text);
  }

  dockerfile(...lines: string[]): Promise<void> {
    return this.write('Dockerfile', `${lines.join('\n')}\n`);
  }

  /** An image with busybox's shell, made and pushed once. @returns its reference by digest */
  async shell(): Promise<string> {
    const clear = await this.freshWorkspace();
    await copyFile(busybox, join(this.workspace, 'busybox'));
    await this.dockerfile(
      'FROM scratch',
      'COPY busybox /bin/busybox',
      'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
    );
    const image = `${this.registry}/base/shell`;
    const made = await this.run({ image, push: 'true', provenance: 'false', cache: 'none' });
    expect(made.errors).toEqual([]);
    await clear();
    return made.outputs.reference ?? '';
  }

  /** Main, then post, as a job runs them. */
  async run(inputs: Record<string, string>, run: Run = {}) {
    const { main, post } = await runAction({
      action: dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
      workspace: this.workspace,
      timeoutMs: 150_000,
      ...run,
      inputs: { builder: this.#buildkit.address, 'registry-insecure': 'true', retries: '0', ...inputs },
      env: { PATH: `${dirname(programs.buildx)}${delimiter}${process.env.PATH}`, ...run.env },
    });
    expect(post?.exitCode, post?.log).toBe(0);
    const errors = main.commands.filter(({ name }) => name === 'error').map(({ message }) => message);
    return { ...main, errors };
  }

  fetch(path: string, address = this.registry, headers: Record<string, string> = {}): Promise<Response> {
    const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
    return fetch(`http://${address}/v2/${path}`, { headers: { accept, ...headers } });
  }

  async json(path: string) {
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not so
    return (await (await this.fetch(path)).json()) as any;
  }

  async digestOf(repository: string, tag: string): Promise<string | null> {
    return (await this.fetch(`${repository}/manifests/${tag}`)).headers.get('docker-content-digest');
  }

  async tags(repository: string): Promise<string[]> {
    const { tags = [] } = await this.json(`${repository}/tags/list`);
    return (tags ?? []).toSorted();
  }
}
