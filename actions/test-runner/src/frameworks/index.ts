import { ActionError } from '@fairway/action-kit';
import type { Inputs } from '../inputs.js';
import type { Project } from '../project.js';
import { dotnet } from './dotnet.js';
import type { Framework } from './framework.js';
import { go, goPackages } from './go.js';
import { gradle, maven } from './java.js';
import { jest } from './jest.js';
import { mocha } from './mocha.js';
import { nodeTest } from './node-test.js';
import { phpunit } from './phpunit.js';
import { playwright } from './playwright.js';
import { pytest, unittest } from './python.js';
import { rspec } from './rspec.js';
import { cargo, nextest } from './rust.js';
import { vitest } from './vitest.js';

export type { Coverage, Framework, Invocation, Selection } from './framework.js';

/** In the order in which they are looked for. */
const FRAMEWORKS: readonly Framework[] = [
  vitest,
  jest,
  mocha,
  playwright,
  nodeTest,
  pytest,
  unittest,
  go,
  nextest,
  cargo,
  maven,
  gradle,
  phpunit,
  rspec,
  dotnet,
];

/** The framework that the inputs name, or the first that the project shows. */
export function chooseFramework(inputs: Inputs, project: Project): Framework {
  if (inputs.command.length > 0 || inputs.framework === 'custom') return custom(inputs);
  if (inputs.framework !== 'auto') {
    const named = FRAMEWORKS.find(({ name }) => name === inputs.framework);
    if (named) return named;
  }
  const found = FRAMEWORKS.find((framework) => framework.detect(project));
  if (found) return found;
  throw new ActionError(
    'no-framework',
    `No test framework was found in '${project.folder}' (${project.files.length} files were looked at).`,
    {
      remedy: `Name it (framework: ${FRAMEWORKS[0]?.name}), or the command and its result files (command: 'make test', reports: 'out/*.xml'), or the folder it is in (working-directory: app).`,
    },
  );
}

/** Test files, or Go's packages, that the project has, as far as its files tell. Undefined: the framework runs as a whole. */
export function testUnits(framework: Framework, project: Project): string[] | undefined {
  const isTest = framework.isTestFile;
  if (isTest === undefined) return undefined;
  const files = project.files.filter((path) => isTest(path, project));
  return framework.name === 'go' ? goPackages(files) : files;
}

/** The user's own command. It runs as it is, first and at every further attempt. */
function custom(inputs: Inputs): Framework {
  const [tool, ...args] = inputs.command;
  if (tool === undefined) {
    throw new ActionError('bad-input', "The framework is 'custom', and no command is given.", {
      remedy: "Add  command: 'make test'  and  reports: 'out/*.xml'",
    });
  }
  return {
    name: 'custom',
    ecosystem: 'other',
    detect: () => false,
    invoke: () => ({ tool, args, reports: inputs.reports, coverage: [] }),
  };
}
