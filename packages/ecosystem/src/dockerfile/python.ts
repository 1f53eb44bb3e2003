import type { Project } from './project.js';
import { type Base, cannot, execForm, NEVER, type Proposal, portGuess, USER } from './proposal.js';

const LATEST = '3.13';

/** Versions of the installers, as PyPI has them. */
const [UV, POETRY] = ['0.13.9', '2.5.1'];

export function proposePython(project: Project): Proposal {
  const pyproject = project.read('pyproject.toml');
  const { version, why } = pythonVersion(project, pyproject);
  const { lines, how } = installing(project, pyproject);
  const start = startOf(project, `${pyproject}\n${project.read('requirements.txt')}`);
  const base = (argument: Base['argument']): Base => ({
    argument,
    image: 'docker.io/library/python',
    tag: `${version}-slim`,
  });
  return {
    language: 'Python',
    bases: [base('BUILD_IMAGE'), base('RUNTIME_IMAGE')],
    lines: [
      'FROM ${BUILD_IMAGE} AS build',
      'WORKDIR /app',
      'RUN python -m venv /venv',
      'ENV PATH=/venv/bin:$PATH VIRTUAL_ENV=/venv',
      ...lines,
      '',
      'FROM ${RUNTIME_IMAGE}',
      'ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1',
      'WORKDIR /app',
      'COPY --from=build /venv /venv',
      'COPY . .',
      USER,
      ...(start.port === undefined ? [] : [`EXPOSE ${start.port}`]),
      `CMD ${execForm(start.words)}`,
    ],
    ignore: [...NEVER, '.venv', 'venv', '**/__pycache__', '**/*.pyc', '.pytest_cache', 'tests'],
    guesses: [`Python ${version}: ${why}.`, how, start.why, portGuess(start.port)],
  };
}

function pythonVersion(project: Project, pyproject: string): { version: string; why: string } {
  const pinned = /^(3\.\d+)/.exec(project.read('.python-version').trim())?.[1];
  if (pinned) return { version: pinned, why: '.python-version says so' };
  const asked = /^\s*(?:requires-python|python)\s*=\s*["'][^\d"']*(3\.\d+)/m.exec(pyproject)?.[1];
  if (asked && Number(asked.slice(2)) > Number(LATEST.slice(2)))
    return { version: asked, why: 'pyproject.toml asks for it' };
  return asked
    ? { version: LATEST, why: `pyproject.toml asks for ${asked} or what is compatible with it` }
    : { version: LATEST, why: 'nothing names one' };
}

const cached = (tool: string) => `--mount=type=cache,target=/root/.cache/${tool}`;

function installing(project: Project, pyproject: string): { lines: string[]; how: string } {
  if (project.has('uv.lock')) {
    return {
      lines: [
        `RUN ${cached('pip')} pip install uv==${UV}`,
        'COPY pyproject.toml uv.lock ./',
        `RUN ${cached('uv')} uv sync --active --frozen --no-dev --no-install-project --link-mode=copy`,
      ],
      how: 'Packages by uv, from uv.lock; the project itself runs from its folder.',
    };
  }
  if (project.has('poetry.lock')) {
    return {
      lines: [
        `RUN ${cached('pip')} python -m venv /poetry && /poetry/bin/pip install poetry==${POETRY}`,
        'COPY pyproject.toml poetry.lock ./',
        `RUN ${cached('pypoetry')} /poetry/bin/poetry install --only main --no-root --no-interaction`,
      ],
      how: 'Packages by Poetry, from poetry.lock; the project itself runs from its folder.',
    };
  }
  if (project.has('requirements.txt')) {
    return {
      lines: ['COPY requirements.txt ./', `RUN ${cached('pip')} pip install -r requirements.txt`],
      how: 'Packages by pip, from requirements.txt; what has no version there may differ from build to build.',
    };
  }
  if (/^\[(?:project|build-system)\]/m.test(pyproject) || project.has('setup.py')) {
    return {
      lines: ['COPY . .', `RUN ${cached('pip')} pip install .`],
      how: 'There is no lock file: pip installs the project and what it asks for, which may differ from build to build.',
    };
  }
  throw cannot(
    'this Python project has no uv.lock, poetry.lock, requirements.txt, or pyproject.toml with a [project].',
  );
}

interface Start {
  readonly words: readonly string[];
  readonly why: string;
  readonly port?: number;
}

const MODULES = ['main.py', 'app.py', 'app/main.py', 'src/main.py', 'server.py', 'wsgi.py', 'asgi.py'];

/** The framework's server where it is among what is installed, else the module that is run. */
function startOf(project: Project, wanted: string): Start {
  const has = (name: string) => new RegExp(`(?:^|["'\\s])${name}(?:[\\s=<>~!\\["';,]|$)`, 'im').test(wanted);
  const found = MODULES.find((file) => project.has(file));
  const text = found === undefined ? '' : project.read(found);
  const module = found?.replace(/\.py$/, '').replaceAll('/', '.');
  const variable = /^(\w+)\s*(?::[^=\n]+)?=\s*(?:FastAPI|Starlette|Flask|Quart|Litestar)\(/m.exec(text)?.[1];
  if (
    module &&
    variable &&
    /FastAPI|Starlette|Quart|Litestar/.test(text) &&
    (has('uvicorn') || has('fastapi'))
  ) {
    const words = ['uvicorn', `${module}:${variable}`, '--host', '0.0.0.0', '--port', '8000'];
    return { words, port: 8000, why: `uvicorn serves ${variable} of ${found}.` };
  }
  if (has('gunicorn')) {
    const django = project.has('manage.py')
      ? project.list('.').find((folder) => /^\w+$/.test(folder) && project.has(`${folder}/wsgi.py`))
      : undefined;
    const target = django ? `${django}.wsgi` : module && variable && `${module}:${variable}`;
    if (target) {
      const words = ['gunicorn', '--bind', '0.0.0.0:8000', target];
      return { words, port: 8000, why: `gunicorn serves ${target}.` };
    }
  }
  const run = found ?? (project.has('__main__.py') ? '__main__.py' : undefined);
  if (run === undefined) {
    throw cannot(
      `what starts this Python project was not found; looked for ${MODULES.join(', ')} and __main__.py.`,
    );
  }
  const port = /port\s*=\s*(\d{2,5})/i.exec(text)?.[1];
  return {
    words: ['python', run],
    why: `It starts with python ${run}.`,
    ...(port && { port: Number(port) }),
  };
}
