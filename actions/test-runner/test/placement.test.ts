import { join } from 'node:path';
import { Collector, indexOf, mergeAttempt, unitOf } from '@fairway/reports';
import { inTemp } from '@fairway/testing';
import { expect, test } from 'vitest';
import { place } from '../src/placement.ts';
import { openProject } from '../src/project.ts';

const JAVA = [
  'core/src/test/java/com/example/ThingTest.java',
  'web/src/test/java/com/example/ThingTest.java',
];

test('a class that two modules have is found in the module of each report, one right after the other', () => {
  const collector = new Collector();
  for (const [report, name] of [
    ['core/target/surefire-reports/TEST-a.xml', 'first'],
    ['core/target/surefire-reports/TEST-a.xml', 'second'],
    ['web/target/surefire-reports/TEST-a.xml', 'third'],
    ['core/target/surefire-reports/TEST-b.xml', 'fourth'],
  ] as const) {
    collector.report = report;
    collector.add({ suite: 'com.example.ThingTest', name, status: 'passed', durationMs: 1 });
  }
  collector.add({
    suite: 'com.example.ThingTest',
    name: 'fifth',
    file: 'web/x.sql',
    status: 'passed',
    durationMs: 1,
  });
  collector.add({ suite: 'com.example.Gone', name: 'sixth', status: 'passed', durationMs: 1 });
  const tracked = [...JAVA, 'web/x.sql'];
  const project = openProject('/no/such/folder', '/no/such/folder', tracked);
  const { others } = place(collector.results(), project, indexOf(tracked));
  expect(others.map(({ name, file, report }) => [name, file, report])).toEqual([
    ['first', JAVA[0], undefined],
    ['second', JAVA[0], undefined],
    ['third', JAVA[1], undefined],
    ['fourth', JAVA[0], undefined],
    ['fifth', 'web/x.sql', undefined],
    ['sixth', undefined, undefined],
  ]);
});

test.each([
  {
    framework: 'a file by the path in its folder',
    path: 'app/a.test.ts',
    said: 'a.test.ts',
    unit: 'a.test.ts',
  },
  { framework: 'Go by the folder of the package', path: 'app/go.mod', said: undefined, unit: './store' },
])('the tally of $framework is found by each of its tests', async ({ path, said, unit }) => {
  await inTemp({ [path]: 'module example.com/m\n' }, async (root) => {
    const collector = new Collector();
    const suite = said === undefined ? 'example.com/m/store' : 'adds';
    const told = { suite, name: 'one', durationMs: 5, ...(said !== undefined && { file: said }) };
    collector.add({ ...told, status: 'failed' });
    const project = openProject(join(root, 'app'), root, [path]);
    const first = place(collector.results(), project, indexOf([path]));
    const [red] = first.failures;
    expect(red && unitOf(red)).toBe(unit);
    expect([...first.files.keys()]).toEqual([unit]);
    const again = new Collector();
    again.add({ ...told, status: 'passed' });
    const merged = mergeAttempt(first, place(again.results(), project, indexOf([path])), 2);
    expect(merged.files.get(unit)).toMatchObject({ tests: 1, failed: 0 });
  });
});
