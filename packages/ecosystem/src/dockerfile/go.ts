import type { Project } from './project.js';
import { cannot, NEVER, type Proposal, portGuess } from './proposal.js';

export function proposeGo(project: Project): Proposal {
  const version = /^go (\d+\.\d+)/m.exec(project.read('go.mod'))?.[1];
  if (version === undefined) throw cannot("go.mod has no line 'go 1.x'.");
  const { folder, why } = mainPackage(project);
  const port = /["':](?:0\.0\.0\.0)?:(\d{2,5})["']/.exec(
    project.read(`${folder}/main.go`.replace(/^\.\//, '')),
  )?.[1];
  const first = ['go.mod', ...(project.has('go.sum') ? ['go.sum'] : [])].join(' ');
  const caches = '--mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build';
  return {
    language: 'Go',
    bases: [
      { argument: 'BUILD_IMAGE', image: 'docker.io/library/golang', tag: version },
      { argument: 'RUNTIME_IMAGE', image: 'gcr.io/distroless/static-debian12', tag: 'nonroot' },
    ],
    lines: [
      'FROM ${BUILD_IMAGE} AS build',
      'WORKDIR /src',
      ...(project.has('vendor') ? [] : [`COPY ${first} ./`, `RUN ${caches.split(' ')[0]} go mod download`]),
      'COPY . .',
      `RUN ${caches} \\`,
      `    CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /app ${folder === '.' ? '.' : `./${folder}`}`,
      '',
      'FROM ${RUNTIME_IMAGE}',
      'COPY --from=build /app /app',
      "# distroless's user, by number: Kubernetes can tell then that it is not root.",
      'USER 65532:65532',
      ...(port === undefined ? [] : [`EXPOSE ${port}`]),
      'ENTRYPOINT ["/app"]',
    ],
    ignore: [...NEVER, 'bin'],
    guesses: [
      `Go ${version}, as go.mod says.`,
      why,
      'It needs no cgo, so that it runs in an image without a C library or a shell.',
      portGuess(port === undefined ? undefined : Number(port)),
    ],
  };
}

function mainPackage(project: Project): { folder: string; why: string } {
  if (project.has('main.go')) return { folder: '.', why: 'The program is main.go in the root.' };
  const commands = project
    .list('cmd')
    .filter((name) => /^[\w.-]+$/.test(name) && project.has(`cmd/${name}/main.go`));
  const [first] = commands;
  if (first === undefined) throw cannot('there is neither main.go nor cmd/<name>/main.go.');
  if (commands.length > 1)
    throw cannot(
      `there are several programs (${commands.map((name) => `cmd/${name}`).join(', ')}), and which one the image is for is not known.`,
    );
  return { folder: `cmd/${first}`, why: `The program is cmd/${first}.` };
}
