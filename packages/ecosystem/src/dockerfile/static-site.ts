import type { Project } from './project.js';
import { type Base, cannot, NEVER, type Proposal } from './proposal.js';

/** Where a site that needs no building usually lies. */
const PLACES = ['public', 'dist', 'site', 'www', '_site', 'docs', '.'];

export function proposeStaticSite(project: Project): Proposal {
  const place = PLACES.find((folder) => project.has(folder === '.' ? 'index.html' : `${folder}/index.html`));
  if (place === undefined) {
    throw cannot(
      'there is no package.json, pyproject.toml, requirements.txt, go.mod, pom.xml, build.gradle, Cargo.toml or index.html.',
    );
  }
  return servedByNginx(
    [],
    [],
    place,
    [`The site is ${place === '.' ? 'the whole folder' : place}, as it stands.`],
    [...NEVER, 'node_modules'],
  );
}

/** nginx's own image that runs as another user than root, on a port that such a user may have. */
export function servedByNginx(
  bases: readonly Base[],
  stage: readonly string[],
  source: string,
  guesses: readonly string[],
  ignore: readonly string[],
): Proposal {
  return {
    language: 'a static site',
    bases: [
      ...bases,
      { argument: 'RUNTIME_IMAGE', image: 'docker.io/nginxinc/nginx-unprivileged', tag: 'stable-alpine' },
    ],
    lines: [
      ...stage,
      ...(stage.length > 0 ? [''] : []),
      'FROM ${RUNTIME_IMAGE}',
      `COPY ${source} /usr/share/nginx/html`,
      "# nginx's user, by number: Kubernetes can tell then that it is not root.",
      'USER 101:101',
      'EXPOSE 8080',
      'HEALTHCHECK --interval=30s --timeout=3s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]',
    ],
    ignore,
    guesses: [
      ...guesses,
      'nginx serves it on 8080; a page that is missing is a 404, also in a single-page application.',
    ],
  };
}
