import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { ccBase, javaBase, mavenBase, rustBase } from './real/compiled-base.ts';
import { goBase, lacksOf, nodeBase, pythonBase, shellBase } from './real/host-base.ts';
import { type Internet, startInternet } from './real/internet.ts';
import { missing, type Part, startRegistry } from './real/parts.ts';
import { Workshop } from './real/workshop.ts';

const lacking = missing || lacksOf('go', 'python3', 'npm');

/** Milliseconds: Maven fetches its plugins and all that they are made of. */
const WITH_DOWNLOADS = 400_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>acme</groupId><artifactId>shop</artifactId><version>1.0.0</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version>
  </plugin><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-jar-plugin</artifactId><version>3.4.2</version>
    <configuration><archive><manifest><mainClass>shop.Main</mainClass></manifest></archive></configuration>
  </plugin></plugins></build>
</project>
`;

const MAIN_JAVA = `package shop;

import java.nio.file.*;

class Main {
  public static void main(String[] arguments) throws Exception {
    Files.lines(Path.of("/proc/self/status"))
        .filter(line -> line.startsWith("Uid:"))
        .forEach(line -> System.out.println("from java as " + line));
  }
}
`;

/** What a machine may lack beside what all of these tests need. */
const TOOLS: Readonly<Record<string, readonly string[]>> = { Rust: ['cargo', 'cc'], Java: ['javac', 'mvn'] };

type Lay = (root: string) => Promise<void>;

/** What is proposed is built as it stands, in bases that are made of this machine's own programs. */
describe.skipIf(lacking !== '')(`with no Dockerfile${lacking && ` (missing: ${lacking})`}`, () => {
  let shop: Workshop;
  let bases: string;

  beforeAll(async () => {
    shop = await Workshop.open();
    bases = join(tmpdir(), `bases-${process.pid}`);
  });
  afterAll(async () => {
    await shop?.close();
    await rm(bases, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const clear = await shop.freshWorkspace();
    for (const file of ['Dockerfile', 'hello']) await rm(join(shop.workspace, file));
    return clear;
  });

  /** A named context takes the place of an image that is not there. */
  async function standIns(lays: Readonly<Record<string, Lay>>): Promise<Record<string, string>> {
    const contexts: string[] = [];
    for (const [argument, lay] of Object.entries(lays)) {
      const root = join(bases, lay.name);
      if (!(await exists(root))) await lay(root);
      contexts.push(`${argument.toLowerCase()}=${root}`);
    }
    const args = Object.keys(lays).map((argument) => `${argument}=${argument.toLowerCase()}`);
    return { 'build-contexts': contexts.join('\n'), 'build-args': args.join('\n') };
  }

  test.for<[string, Record<string, string>, Record<string, Lay>, string, RegExp]>([
    [
      'Node.js',
      {
        'package.json':
          '{"name":"shop","version":"1.0.0","scripts":{"build":"node make.js","start":"node out.js"}}',
        'package-lock.json':
          '{"name":"shop","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"shop","version":"1.0.0"}}}',
        'make.js': "require('fs').writeFileSync('out.js', 'console.log(`from node as ${process.getuid()}`)')",
      },
      { BUILD_IMAGE: nodeBase, RUNTIME_IMAGE: nodeBase },
      'node out.js',
      /from node as 10001/,
    ],
    [
      'Go',
      {
        'go.mod': 'module shop\n\ngo 1.24\n',
        'cmd/shop/main.go':
          'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() { fmt.Println("from go as", os.Getuid()) }\n',
      },
      { BUILD_IMAGE: goBase, RUNTIME_IMAGE: shellBase },
      '["/app"]',
      /from go as 65532/,
    ],
    [
      'Python',
      { 'requirements.txt': '', 'main.py': 'import os, sys\nprint("from", sys.prefix, "as", os.getuid())\n' },
      { BUILD_IMAGE: pythonBase, RUNTIME_IMAGE: pythonBase },
      'python main.py',
      /from \/venv as 10001/,
    ],
    [
      'Rust',
      {
        'Cargo.toml': '[package]\nname = "shop"\nversion = "1.0.0"\nedition = "2021"\n',
        'Cargo.lock': 'version = 3\n\n[[package]]\nname = "shop"\nversion = "1.0.0"\n',
        'src/main.rs':
          'fn main() {\n    let of_self = std::fs::read_to_string("/proc/self/status").unwrap();\n    let user = of_self.lines().find(|line| line.starts_with("Uid:")).unwrap();\n    println!("from rust as {user}");\n}\n',
      },
      { BUILD_IMAGE: rustBase, RUNTIME_IMAGE: ccBase },
      '["/app"]',
      /from rust as Uid:\s+65532/,
    ],
    [
      'Java',
      { 'pom.xml': POM, 'src/main/java/shop/Main.java': MAIN_JAVA },
      { BUILD_IMAGE: mavenBase, RUNTIME_IMAGE: javaBase },
      'java -XX:MaxRAMPercentage=75 -jar /app/app.jar',
      /from java as Uid:\s+10001/,
    ],
    [
      'a static site',
      { 'public/index.html': '<h1>A site</h1>\n' },
      { RUNTIME_IMAGE: shellBase },
      'id -u && cat /usr/share/nginx/html/index.html',
      /101[\s\S]*<h1>A site/,
    ],
  ])(
    '%s is built from what is proposed, and runs as another user than root',
    { timeout: WITH_DOWNLOADS + 60_000 },
    async ([language, files, lays, command, said], { skip }) => {
      const lacking = lacksOf(...(TOOLS[language] ?? []));
      skip(lacking !== '', `missing: ${lacking}`);
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(shop.workspace, path)), { recursive: true });
        await shop.write(path, text);
      }
      const inputs = {
        image: `${shop.registry}/acme/proposed`,
        generate: 'build',
        cache: 'none',
        'test-command': command,
        ...(await standIns(lays)),
      };
      const result = await shop.run(inputs, { timeoutMs: WITH_DOWNLOADS });
      expect(result.errors).toEqual([]);
      expect(result.log).toMatch(said);
      expect(result.outputs).toMatchObject({ dockerfile: 'Dockerfile', result: 'success' });
      const text = await readFile(join(shop.workspace, 'Dockerfile'), 'utf8');
      expect(result.summary).toContain(text.trim().split('\n').at(-1));
      expect(await readFile(join(shop.workspace, '.dockerignore'), 'utf8')).toContain('.env');
    },
  );

  it('it is only written down where a proposal was asked for', async () => {
    await shop.write('index.html', 'x');
    await shop.write('.dockerignore', 'mine\n');
    const image = `${shop.registry}/acme/only-proposed`;
    const result = await shop.run({
      image,
      generate: 'propose',
      builder: 'nobody',
      'build-args': 'RUNTIME_IMAGE=x',
    });
    expect(result.errors).toEqual([]);
    expect(result.outputs).toMatchObject({
      dockerfile: 'Dockerfile',
      digest: '',
      pushed: 'false',
      result: 'success',
    });
    expect(await readFile(join(shop.workspace, '.dockerignore'), 'utf8')).toBe('mine\n');
    const again = await shop.run({
      image,
      generate: 'propose',
      'build-args': 'RUNTIME_IMAGE=scratch',
      cache: 'none',
    });
    expect(again.outputs.dockerfile).toBe(''); // there is one now, and it is built
  });

  describe('bases are pinned by what the registry says of their tags', () => {
    const hub = 'registry-1.docker.io';
    let internet: Internet;
    let registry: Part;

    beforeAll(async () => {
      internet = await startInternet([hub], async (folder) => {
        const tls = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
        registry = await startRegistry({ guarded: false, tls });
        return { [hub]: { port: Number(registry.address.split(':')[1]) } };
      });
    });
    afterAll(async () => {
      await internet?.close();
      await registry?.stop();
    });

    it('at Docker Hub, by a real registry under its name', async () => {
      await shop.write('Dockerfile', 'FROM scratch\nCOPY index.html /\n');
      await shop.write('index.html', 'x');
      const trusted = { 'registry-insecure': 'false', 'registry-ca': internet.ca };
      const image = `${registry.address}/nginxinc/nginx-unprivileged`;
      const base = await shop.run({ image, push: 'true', tags: 'stable-alpine', cache: 'none', ...trusted });
      expect(base.errors).toEqual([]);
      await rm(join(shop.workspace, 'Dockerfile'));
      const inputs = { image: 'docker.io/acme/site', generate: 'propose', ...trusted };
      const result = await shop.run(inputs, { env: internet.env });
      expect(result.errors).toEqual([]);
      expect(await readFile(join(shop.workspace, 'Dockerfile'), 'utf8')).toContain(
        `ARG RUNTIME_IMAGE=nginxinc/nginx-unprivileged:stable-alpine@${base.outputs.digest}\n`,
      );
    });

    it('where it is not to be asked the tag stays, with a warning', async () => {
      await shop.write('index.html', 'x');
      const inputs = { image: 'docker.io/acme/site', generate: 'propose', 'registry-insecure': 'false' };
      const result = await shop.run(inputs, { env: { HTTPS_PROXY: 'http://127.0.0.1:9' } });
      expect(result.outputs.result).toBe('success');
      expect(result.log).toMatch(/stable-alpine is not pinned by its digest/);
      expect(await readFile(join(shop.workspace, 'Dockerfile'), 'utf8')).toMatch(/:stable-alpine\n/);
    });
  });
});

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
