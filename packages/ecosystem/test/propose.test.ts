import { describe, expect, it, test } from 'vitest';
import { dockerfileText, type Project, proposeDockerfile } from '../src/dockerfile/propose.js';

function project(files: Readonly<Record<string, string | object>>): Project {
  const text = (path: string) => {
    const file = files[path];
    return typeof file === 'object' ? JSON.stringify(file) : file;
  };
  return {
    has: (path) => text(path) !== undefined || Object.keys(files).some((name) => name.startsWith(`${path}/`)),
    read: (path) => text(path) ?? '',
    list: (folder) => {
      const start = folder === '.' ? '' : `${folder}/`;
      return [
        ...new Set(
          Object.keys(files)
            .filter((name) => name.startsWith(start))
            .map((name) => name.slice(start.length).split('/')[0] ?? ''),
        ),
      ].toSorted();
    },
  };
}

const propose = (ecosystem: string, files: Readonly<Record<string, string | object>>) =>
  proposeDockerfile(project(files), ecosystem);
const written = (ecosystem: string, files: Readonly<Record<string, string | object>>) =>
  dockerfileText(propose(ecosystem, files), new Map());

const spring = '<project><parent><artifactId>spring-boot-starter-parent</artifactId></parent></project>';
const samples: [string, string, Record<string, string | object>][] = [
  ['npm', 'node', { 'package.json': { scripts: { start: 'node server.js' } }, 'package-lock.json': '{}' }],
  [
    'a site that is built',
    'node',
    { 'package.json': { scripts: { build: 'vite build' }, devDependencies: { vite: '7' } } },
  ],
  ['pip', 'python', { 'requirements.txt': 'requests==2\n', 'main.py': '' }],
  ['Go', 'go', { 'go.mod': 'module x\n\ngo 1.26\n', 'main.go': '' }],
  ['Maven', 'java', { 'pom.xml': spring }],
  ['Rust', 'rust', { 'Cargo.toml': '[package]\nname = "shop"\n', 'src/main.rs': '' }],
  ['a site', 'none', { 'index.html': '' }],
];

describe('every proposal', () => {
  test.each(samples)(
    'for %s runs as a user by number, in the image of its last stage',
    (_, ecosystem, files) => {
      const text = written(ecosystem, files);
      const last = text.slice(text.lastIndexOf('\nFROM '));
      expect(last).toMatch(/^\nFROM \$\{RUNTIME_IMAGE\}\n/);
      expect(/^USER (\d+):\d+$/m.exec(last)?.[1]).not.toBe('0');
      expect(last).toMatch(/^(?:CMD|ENTRYPOINT|EXPOSE)/m);
      expect(text).not.toMatch(/undefined|latest|^ADD/m);
      expect(text).toMatch(/^# - /m);
    },
  );

  test.each(samples)('for %s leaves secrets and git behind', (_, ecosystem, files) => {
    expect(propose(ecosystem, files).ignore).toEqual(expect.arrayContaining(['.git', '.env', '**/*.pem']));
  });

  test.each(samples)('for %s names its bases by the digests that are given', (_, ecosystem, files) => {
    const proposal = propose(ecosystem, files);
    const digests = new Map(proposal.bases.map(({ argument }) => [argument, `sha256:${argument}`]));
    const args = dockerfileText(proposal, digests).match(/^ARG .*$/gm) ?? [];
    expect(args).toEqual(
      proposal.bases.map(({ argument }) =>
        expect.stringMatching(`^ARG ${argument}=.+:.+@sha256:${argument}$`),
      ),
    );
  });
});

describe('Node.js', () => {
  const lock = { 'package-lock.json': '{}' };
  test.each<[string, Record<string, string | object>, string[]]>([
    [
      'installs before it copies, and starts without npm between',
      {
        'package.json': { scripts: { start: 'node --enable-source-maps lib/main.js', build: 'tsc' } },
        ...lock,
      },
      [
        'COPY package.json package-lock.json ./\nRUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund\nCOPY . .\nRUN npm run build && npm prune',
        'CMD ["node", "--enable-source-maps", "lib/main.js"]',
        'ARG RUNTIME_IMAGE=node:24-slim',
      ],
    ],
    [
      'leaves a start with a shell to npm',
      { 'package.json': { scripts: { start: 'FOO=1 node x.js && echo done' } }, ...lock },
      ['CMD ["npm", "start"]'],
    ],
    [
      'knows pnpm and a workspace',
      { 'package.json': {}, 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': '', 'index.js': 'app.listen(3000)' },
      [
        'RUN corepack enable\nCOPY . .\nRUN --mount=type=cache',
        'pnpm prune --prod',
        'EXPOSE 3000',
        'CMD ["node", "index.js"]',
      ],
    ],
    [
      'takes the version of .nvmrc',
      { 'package.json': {}, '.nvmrc': 'v22.3.0\n' },
      ['node:22-slim', 'There is no lock file'],
    ],
    ['takes that of engines', { 'package.json': { engines: { node: '^20.1' } } }, ['node:20-slim']],
    [
      'and the newest where they are open',
      { 'package.json': { engines: { node: '>=20' } } },
      ['node:24-slim'],
    ],
    [
      'serves what vite builds',
      { 'package.json': { scripts: { build: 'vite build' }, devDependencies: { vite: '7' } }, ...lock },
      ['COPY --from=build /app/dist /usr/share/nginx/html', 'HEALTHCHECK', 'USER 101:101'],
    ],
    ['survives a broken manifest', { 'package.json': '{' }, ['CMD ["node", "index.js"]']],
  ])('%s', (_, files, parts) => {
    for (const part of parts) expect(written('node', files)).toContain(part);
  });

  it('lets no name out of its line', () => {
    const start = 'node x.js\nRUN curl evil';
    const text = written('node', { 'package.json': { main: 'a"]\nRUN evil', scripts: { start } } });
    // As an argument of node it does no more than the script itself; as a line of its own it would.
    expect(text).not.toMatch(/^RUN (?:curl )?evil/m);
    expect(text).toContain('CMD ["node", "x.js", "RUN", "curl", "evil"]');
  });
});

describe('Python', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'FastAPI by uv',
      {
        'pyproject.toml': '[project]\nrequires-python = ">=3.12"\ndependencies = ["fastapi", "uvicorn"]\n',
        'uv.lock': '',
        'app/main.py': 'api = FastAPI()\n',
      },
      [
        'uv sync --active --frozen',
        'CMD ["uvicorn", "app.main:api", "--host", "0.0.0.0", "--port", "8000"]',
        'EXPOSE 8000',
      ],
    ],
    [
      'Django by Poetry',
      {
        'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.14"\ngunicorn = "*"\n',
        'poetry.lock': '',
        'manage.py': '',
        'shop/wsgi.py': '',
      },
      [
        'python:3.14-slim',
        '/poetry/bin/poetry install --only main',
        'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi"]',
      ],
    ],
    [
      'Flask with gunicorn',
      {
        'requirements.txt': 'flask==3\ngunicorn==23\n',
        'app.py': 'app = Flask(__name__)\n',
        '.python-version': '3.12.4',
      },
      ['python:3.12-slim', 'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]'],
    ],
    [
      'a script',
      { 'requirements.txt': '', 'main.py': 'serve(port=8123)' },
      ['CMD ["python", "main.py"]', 'EXPOSE 8123'],
    ],
  ])('%s', (_, files, parts) => {
    for (const part of parts) expect(written('python', files)).toContain(part);
  });
});

describe('the others', () => {
  test.each<[string, string, Record<string, string>, string[]]>([
    [
      'Go with one command',
      'go',
      {
        'go.mod': 'module x\ngo 1.26.1\n',
        'go.sum': '',
        'cmd/shop/main.go': 'http.ListenAndServe(":8080", nil)',
      },
      [
        'golang:1.26',
        'COPY go.mod go.sum ./',
        '-o /app ./cmd/shop',
        'EXPOSE 8080',
        'gcr.io/distroless/static-debian12:nonroot',
      ],
    ],
    ['vendored Go', 'go', { 'go.mod': 'go 1.26', 'main.go': '', 'vendor/modules.txt': '' }, ['-o /app .']],
    [
      'Spring by Maven',
      'java',
      { 'pom.xml': spring.replace('</project>', '<java.version>25</java.version></project>') },
      [
        'maven:3-eclipse-temurin-25',
        'eclipse-temurin:25-jre',
        'mvn -B -q dependency:go-offline',
        'EXPOSE 8080',
      ],
    ],
    [
      'Spring by Gradle’s wrapper',
      'java',
      {
        'build.gradle.kts': 'id("org.springframework.boot")\nspring-boot',
        gradlew: '',
        'src/main/resources/application.yml': 'server:\n  port: 9000\n',
      },
      ['eclipse-temurin:21-jdk', 'sh gradlew --no-daemon', 'EXPOSE 9000'],
    ],
    [
      'a Rust program of another name',
      'rust',
      {
        'Cargo.toml': '[package]\nname = "lib-shop"\n[[bin]]\nname = "shop"\npath = "src/bin.rs"\n',
        'Cargo.lock': '',
        'rust-toolchain.toml': '[toolchain]\nchannel = "1.90"\n',
      },
      ['rust:1.90-slim-bookworm', '--locked --bin shop', 'cp target/release/shop /app'],
    ],
    ['a site in a folder', 'none', { 'public/index.html': '' }, ['COPY public /usr/share/nginx/html']],
  ])('%s', (_, ecosystem, files, parts) => {
    for (const part of parts) expect(written(ecosystem, files)).toContain(part);
  });

  test.each<[string, string, Record<string, string>, RegExp]>([
    ['nothing at all', 'none', { 'README.md': '' }, /there is no package\.json/],
    ['a library in Rust', 'rust', { 'Cargo.toml': '[package]\nname = "x"\n' }, /a library/],
    ['a workspace in Rust', 'rust', { 'Cargo.toml': '[workspace]\n' }, /names no package/],
    [
      'two programs in Go',
      'go',
      { 'go.mod': 'go 1.26', 'cmd/a/main.go': '', 'cmd/b/main.go': '' },
      /cmd\/a, cmd\/b/,
    ],
    [
      'Python without a start',
      'python',
      { 'requirements.txt': '' },
      /what starts this Python project was not found/,
    ],
    [
      'a jar without a main class',
      'java',
      { 'pom.xml': '<project/>' },
      /neither Spring Boot nor a main class/,
    ],
    ['Ruby', 'ruby', { Gemfile: '' }, /no proposal for ruby/],
  ])('%s is told, not guessed', (_, ecosystem, files, why) => {
    expect(() => propose(ecosystem, files)).toThrow(why);
  });
});
