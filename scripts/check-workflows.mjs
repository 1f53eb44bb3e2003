// actionlint and zizmor over every workflow, composite action and file that users copy. actionlint does not know `$/` yet (rhysd/actionlint
// #711) and checks `./` calls most thoroughly, so it is given a copy in which `$/` is written `./`; zizmor asks for
// `$/` and gets the files as they are.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The name that callers write. */
const slug = 'fairway-ci/fairway';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const strict = process.env.CI === 'true';
let failed = false;

check('actionlint', 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', () => {
  const copy = stage();
  try {
    return spawnSync('actionlint', ['-no-color'], { cwd: copy, stdio: 'inherit' }).status;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
check('zizmor', 'pip install zizmor==1.32.0', () => {
  const places = ['.github', ...actionFiles(), ...callerFiles()];
  return spawnSync('zizmor', ['--offline', '--quiet', '--min-severity=low', ...places], {
    cwd: root,
    stdio: 'inherit',
  }).status;
});
process.exit(failed ? 1 : 0);

/** A missing checker fails CI, and is only told elsewhere: lint must not need what a newcomer does not have. */
function check(tool, install, run) {
  const there = spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!there) {
    console.log(`${tool} is not on PATH; the workflows were not checked with it. To have it:  ${install}`);
    failed ||= strict;
    return;
  }
  const status = run();
  console.log(status === 0 ? `${tool} finds nothing.` : `${tool} ended with exit code ${status}.`);
  failed ||= status !== 0;
}

function stage() {
  const copy = mkdtempSync(join(tmpdir(), 'fairway-actionlint-'));
  execFileSync('git', ['init', '-q', copy]); // actionlint finds the project's root by it
  mkdirSync(join(copy, '.github/workflows'), { recursive: true });
  const workflows = join(root, '.github/workflows');
  for (const name of readdirSync(workflows)) {
    const text = readFileSync(join(workflows, name), 'utf8');
    writeFileSync(join(copy, '.github/workflows', name), text.replaceAll('uses: $/', 'uses: ./'));
  }
  // As if they stood here, so that what they hand over is checked against what the workflows take.
  for (const file of callerFiles()) {
    const name = `caller-${file.split('/').slice(1).join('-')}`;
    const text = readFileSync(join(root, file), 'utf8');
    const local = text.replaceAll(`uses: ${slug}/`, 'uses: ./').replace(/(uses: \.\/\S+)@\S+/g, '$1');
    writeFileSync(join(copy, '.github/workflows', name), local);
  }
  for (const file of actionFiles()) {
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
    // actionlint calls an action broken when the file that it runs is missing.
    const dist = join(root, dirname(file), 'dist');
    if (existsSync(dist)) cpSync(dist, join(copy, dirname(file), 'dist'), { recursive: true });
  }
  return copy;
}

function actionFiles() {
  return readdirSync(join(root, 'actions')).map((name) => `actions/${name}/action.yml`);
}

function callerFiles() {
  return readdirSync(join(root, 'workflows'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[a-z-]+\/[a-z-]+\.yml$/.test(file))
    .map((file) => `workflows/${file}`);
}
