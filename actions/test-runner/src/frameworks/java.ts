import { join } from 'node:path';
import type { Framework } from './framework.js';

const SUREFIRE = ['**/target/surefire-reports/TEST-*.xml', '**/target/failsafe-reports/TEST-*.xml'];

export const maven: Framework = {
  name: 'maven',
  ecosystem: 'java',
  detect: (project) => project.has('pom.xml'),
  invoke(project, selection) {
    const classes = [
      ...new Set(selection.tests?.map(({ suite, name }) => `${suite}#${name.replace(/[([{].*$/, '')}`) ?? []),
    ];
    return {
      tool: project.has('mvnw') ? join(project.folder, 'mvnw') : 'mvn',
      args: [
        '--batch-mode',
        '--no-transfer-progress',
        // All modules are tested, whichever is red.
        '--fail-at-end',
        ...(classes.length > 0
          ? [`-Dtest=${classes.join(',')}`, '-Dsurefire.failIfNoSpecifiedTests=false']
          : []),
        'test',
      ],
      reports: SUREFIRE,
      coverage: ['**/target/site/jacoco/jacoco.xml'],
    };
  },
};

export const gradle: Framework = {
  name: 'gradle',
  ecosystem: 'java',
  detect: (project) => project.has('build.gradle') || project.has('build.gradle.kts'),
  invoke(project, selection, out) {
    const lenient = join(out, 'fairway.gradle');
    const tests = [
      ...new Set(selection.tests?.map(({ suite, name }) => `${suite}.${name.replace(/[([{].*$/, '')}`) ?? []),
    ];
    return {
      tool: project.has('gradlew') ? join(project.folder, 'gradlew') : 'gradle',
      plain: [
        project.has('gradlew') ? './gradlew' : 'gradle',
        'test',
        '--continue',
        ...tests.flatMap((test) => ['--tests', test]),
      ],
      args: [
        'test',
        // All modules are tested, whichever is red.
        '--continue',
        '--console=plain',
        ...(tests.length > 0 ? ['--init-script', lenient] : []),
        ...tests.flatMap((test) => ['--tests', test]),
      ],
      ...(tests.length > 0 && { files: new Map([[lenient, LENIENT]]) }),
      reports: ['**/build/test-results/**/TEST-*.xml'],
      coverage: ['**/build/reports/jacoco/**/*.xml'],
    };
  },
};

/** A module without one of the chosen tests would end the build in an error. */
const LENIENT = 'allprojects { tasks.withType(Test) { filter { failOnNoMatchingTests = false } } }\n';
