import { join } from 'node:path';
import type { TestCase } from '@fairway/reports';
import { type Project, settings, upward } from '../project.js';
import { type Framework, filesOf } from './framework.js';

const SETTINGS = ['pytest.ini', '.pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg'];
const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test)\.py$/;

/** The interpreter of the project's own environment, or the one on PATH. */
export function python(project: Project): string {
  const own = upward(project, '.venv/bin/python') ?? upward(project, '.venv/Scripts/python.exe');
  return own ?? (process.platform === 'win32' ? 'python' : 'python3');
}

export const pytest: Framework = {
  name: 'pytest',
  ecosystem: 'python',
  // 1 is red tests; 2 to 5 are an interruption, an internal error, wrong use, and no tests at all.
  redExitCodes: [1],
  emptyExitCodes: [5],
  detect(project) {
    const named = SETTINGS.some((name) => /\bpytest\b/.test(project.read(name)));
    const required = project.files.filter((path) => /^requirements[\w-]*\.txt$/.test(path));
    return (
      named ||
      project.has('conftest.py') ||
      project.has('tests/conftest.py') ||
      required.some((path) => /^pytest\b/m.test(project.read(path))) ||
      project.files.some(
        (path) => TEST_FILE.test(path) && /\bimport pytest\b|^(?:async )?def test_/m.test(project.read(path)),
      )
    );
  },
  isTestFile: (path) => TEST_FILE.test(path),
  invoke(project, selection, out, coverage) {
    const covers = !selection.again && (/--cov\b/.test(settings(project, SETTINGS)) || coverage.wanted);
    const chosen = selection.tests ? [...new Set(selection.tests.map(nodeId))] : (selection.files ?? []);
    return {
      tool: python(project),
      plain: ['python', '-m', 'pytest', ...chosen],
      args: [
        '-m',
        'pytest',
        `--junit-xml=${join(out, 'junit.xml')}`,
        // Only this family tells a test's file and line.
        '-o',
        'junit_family=xunit1',
        ...(covers
          ? [...(coverage.wanted ? ['--cov'] : []), `--cov-report=xml:${join(out, 'coverage.xml')}`]
          : []),
        ...(covers && coverage.partial ? ['--cov-fail-under=0'] : []),
        ...chosen,
      ],
      reports: [join(out, 'junit.xml')],
      coverage: [join(out, 'coverage.xml')],
    };
  },
};

/** `tests/test_x.py::TestClass::test_name[param]`, from the file and `tests.test_x.TestClass` of the report. */
export function nodeId(test: TestCase): string {
  if (test.file === undefined) return test.suite.replaceAll('.', '/');
  const module = test.file.slice(test.file.lastIndexOf('/') + 1).replace(/\.py$/, '');
  const parts = test.suite.split('.');
  const classes = parts.includes(module) ? parts.slice(parts.lastIndexOf(module) + 1) : [];
  // A collection error has the module for a name, and no test to select.
  if (test.suite === '' || /^\(/.test(test.name)) return test.file;
  return [test.file, ...classes, test.name].join('::');
}

export const unittest: Framework = {
  name: 'unittest',
  ecosystem: 'python',
  detect: (project) =>
    project.files.some(
      (path) =>
        TEST_FILE.test(path) &&
        /\bimport\b.*\bunittest\b|\bfrom (unittest|django\.test)\b/.test(project.read(path)),
    ),
  isTestFile: (path) => /(^|\/)test[^/]*\.py$/.test(path),
  invoke(project, selection, out) {
    const runner = join(out, 'run_unittest.py');
    const files = selection.tests ? filesOf(selection.tests) : (selection.files ?? []);
    return {
      tool: python(project),
      plain: ['python', '-m', 'unittest', ...files],
      args: [runner, join(out, 'ctrf.json'), ...files],
      files: new Map([[runner, UNITTEST_RUNNER]]),
      reports: [join(out, 'ctrf.json')],
      coverage: [],
    };
  },
};

/** unittest has no machine format. This runs it as \`python -m unittest -v\` does, and writes CTRF beside. */
const UNITTEST_RUNNER = `import inspect, json, os, sys, time, unittest
sys.path.insert(0, os.getcwd())
out, files, tests = sys.argv[1], sys.argv[2:], []

class Result(unittest.TextTestResult):
    def startTest(self, test):
        self.began = time.perf_counter()
        super().startTest(test)
    def note(self, test, status, message="", trace=""):
        kind = type(test)
        name = getattr(test, "_testMethodName", None) or test.id()
        try:
            path = os.path.relpath(inspect.getfile(kind)) if hasattr(test, "_testMethodName") else None
        except TypeError:
            path = None
        if kind.__name__ == "_FailedTest":
            path = name.replace(".", "/") + ".py"
        took = (time.perf_counter() - getattr(self, "began", time.perf_counter())) * 1000
        tests.append({"name": name, "suite": kind.__module__ + "." + kind.__qualname__, "status": status,
                      "duration": took, "filePath": path, "message": message, "trace": trace})
    def addSuccess(self, test): super().addSuccess(test); self.note(test, "passed")
    def addSkip(self, test, reason): super().addSkip(test, reason); self.note(test, "skipped", reason)
    def addExpectedFailure(self, test, err): super().addExpectedFailure(test, err); self.note(test, "passed")
    def addUnexpectedSuccess(self, test): super().addUnexpectedSuccess(test); self.note(test, "failed", "passed, and was expected to fail")
    def addFailure(self, test, err): super().addFailure(test, err); self.note(test, "failed", str(err[1]), self.failures[-1][1])
    def addError(self, test, err): super().addError(test, err); self.note(test, "failed", repr(err[1]), self.errors[-1][1])
    def addSubTest(self, test, sub, err):
        super().addSubTest(test, sub, err)
        if err is not None:
            self.note(test, "failed", str(err[1]), "".join(unittest.result.traceback.format_exception(*err)))

loader = unittest.TestLoader()
if files:
    suite = unittest.TestSuite(loader.loadTestsFromName(f[:-3].replace("/", ".")) for f in files)
else:
    suite = loader.discover(".")
result = unittest.TextTestRunner(verbosity=2, resultclass=Result).run(suite)
with open(out, "w") as file:
    json.dump({"reportFormat": "CTRF", "results": {"tool": {"name": "unittest"}, "tests": tests}}, file)
sys.exit(0 if result.wasSuccessful() else 1)
`;
