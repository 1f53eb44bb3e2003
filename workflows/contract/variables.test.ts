import { expect, it } from 'vitest';
import { callerFiles, text, workflow, workflowFiles } from './repository.ts';

it('what starts on a schedule reads nothing of the event, which holds no repository then', () => {
  const scheduled = callerFiles.filter((path) => 'schedule' in workflow(path).on);
  expect(scheduled).toContain('workflows/deploy/drill.yml');
  for (const path of scheduled) expect(text(path)).not.toContain('github.event.repository');
});

it('fills in the environment wherever a variable may have a place for it', () => {
  const places = /vars\.FAIRWAY_(NAMESPACE|SMOKE_TEST|URL|BACKEND_CONFIG)\b/g;
  for (const path of [...workflowFiles, ...callerFiles]) {
    for (const line of text(path).split('\n')) {
      for (const [variable] of line.matchAll(places)) {
        expect(line, path).toMatch(new RegExp(`format\\([^()]*${variable} \\|\\| '', `));
      }
    }
  }
});
