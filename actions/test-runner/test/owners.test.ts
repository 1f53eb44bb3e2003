import { expect, test } from 'vitest';
import { ownersOf, parseOwners } from '../src/owners.ts';

const OWNERS = parseOwners(`# who
*            @all
*.js         @js # the front end
/build/logs/ @doctocat
docs/*       docs@example.com
apps/        @octocat
/scripts/**/deep @deep
/apps/github
with\\ space  @space
`);

// The first rows are the examples of GitHub's documentation.
test.for([
  ['src/x.py', ['@all']],
  ['src/x.js', ['@js']],
  ['build/logs/a/b.txt', ['@doctocat']],
  ['other/build/logs/a.txt', ['@all']],
  ['docs/getting-started.md', ['docs@example.com']],
  ['docs/build-app/troubleshooting.md', ['@all']],
  ['some/apps/x', ['@octocat']],
  ['apps/github/x', []],
  ['scripts/a/b/deep/x', ['@deep']],
  ['with space', ['@space']],
] as const)('%s', ([file, owners]) => {
  expect(ownersOf(file, OWNERS)).toEqual(owners);
});
