import { expect, test } from 'vitest';
import { addedLines, parseDiff } from '../src/changes.ts';
import { commit, git, repository, write } from './workbench.ts';

test('the lines that Git says were added, also in files with odd names', () => {
  const folder = repository({ 'a.txt': 'one\ntwo\nthree\n', 'gone.txt': 'x\n', 'b c.txt': '1\n' });
  const base = git(folder, 'rev-parse', 'HEAD');
  write(folder, {
    'a.txt': 'one\n2\nthree\nfour\n',
    'b c.txt': '1\n2\n',
    'ü "q".txt': 'new\n',
    '+++ b.txt': 'plus\n',
  });
  git(folder, 'rm', '--quiet', 'gone.txt');
  const head = commit(folder);
  const diff = git(folder, 'diff', '--unified=0', '--no-color', '--no-prefix', `${base}...${head}`);
  expect(Object.fromEntries([...parseDiff(diff)].map(([file, lines]) => [file, [...lines]]))).toEqual({
    'a.txt': [2, 4],
    'b c.txt': [2],
    'ü "q".txt': [1],
    '+++ b.txt': [1],
  });
});

test("the lines of the API's patch, which has context and no header", () => {
  expect([...addedLines('@@ -1,3 +1,4 @@ fn\n one\n-two\n+2\n+2.5\n three\n@@ -10 +11 @@\n-x\n+y')]).toEqual([
    2, 3, 11,
  ]);
});
