// Whether the tag that was pushed may be released: it is the version in package.json, on a commit of main. Its output
// `major` is the tag that is to move along (`v1` for v1.2.3), or empty where a newer one of that major is out already.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';

const tag = process.env.GITHUB_REF_NAME ?? '';
const [, major, ...lesser] = /^v(\d+)\.(\d+)\.(\d+)$/.exec(tag) ?? [];
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

if (major === undefined) {
  refuse(`'${tag}' is no version.`, 'Tag it as in  v1.2.3 .');
}
if (tag !== `v${version}`) {
  refuse(
    `The tag is ${tag}, and package.json says ${version}.`,
    'Set the version there, and tag that commit.',
  );
}
if (spawnSync('git', ['merge-base', '--is-ancestor', 'HEAD', 'origin/main']).status !== 0) {
  refuse(`${tag} is not on main.`, 'Merge the commit, and tag it there.');
}
const newest = siblings().every((other) => compare(lesser.map(Number), other) >= 0);
appendFileSync(process.env.GITHUB_OUTPUT, `major=${newest ? `v${major}` : ''}\n`);
console.log(
  `${tag} may be released; ${newest ? `v${major} moves to it` : `v${major} stays with a newer one`}.`,
);

/** Minor and patch of every version of the same major. */
function siblings() {
  const tags = execFileSync('git', ['tag', '--list', `v${major}.*`], { encoding: 'utf8' }).split('\n');
  return tags.flatMap((name) => {
    const [, ...numbers] = /^v\d+\.(\d+)\.(\d+)$/.exec(name) ?? [];
    return numbers.length === 0 ? [] : [numbers.map(Number)];
  });
}

function compare([minor, patch], [otherMinor, otherPatch]) {
  return minor - otherMinor || patch - otherPatch;
}

function refuse(cause, remedy) {
  console.error(`${cause} ${remedy}`);
  process.exit(1);
}
