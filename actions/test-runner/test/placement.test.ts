import { Collector, indexOf } from '@fairway/reports';
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
