import { createHash } from 'node:crypto';
import { exampleAnswer, findOperation } from '../description.js';
import type { Release } from '../records.js';
import { invalid, type Json, notFound, type RouteCall, type Routes } from '../route.js';
import { nodeId, simpleUser, tokenUser } from '../shapes.js';

const contents = ['contents:read'];

export const repositoryRoutes: Routes = {
  'repos/get': {
    permissions: ['metadata:read'],
    handle: (call) => ({ status: 200, body: wholeRepository(call) }),
  },
  'repos/get-content': { permissions: contents, handle: (call) => ({ status: 200, body: content(call) }) },
  'repos/list-releases': {
    permissions: contents,
    handle: (call) => ({
      list: [...call.state.releases].reverse().map((release) => renderRelease(call, release)),
    }),
  },
  'repos/get-latest-release': {
    permissions: contents,
    handle: (call) => releaseReply(call, ({ draft, prerelease }) => !draft && !prerelease),
  },
  'repos/get-release-by-tag': {
    permissions: contents,
    handle: (call) => releaseReply(call, (release) => release.tag_name === call.params.tag),
  },
  'repos/create-release': {
    permissions: ['contents:write'],
    handle: (call) => {
      const tag = String(call.body.tag_name);
      if (call.state.releases.some((release) => release.tag_name === tag)) {
        throw invalid('Release', 'tag_name', 'tag_name already exists');
      }
      const release: Release = {
        id: call.state.nextId(),
        tag_name: tag,
        target_commitish: String(call.body.target_commitish ?? call.state.defaultBranch),
        name: typeof call.body.name === 'string' ? call.body.name : null,
        body: typeof call.body.body === 'string' ? call.body.body : null,
        draft: call.body.draft === true,
        prerelease: call.body.prerelease === true,
        created_at: call.now,
      };
      call.state.releases.push(release);
      return { status: 201, body: renderRelease(call, release) };
    },
  },
};

/** Rewrites an example of the description so that it speaks of this repository and this address. */
export function adopt(call: RouteCall, example: Json, replacements: readonly [string, string][] = []): Json {
  const all: readonly [string, string][] = [
    ['octocat/Hello-World', call.state.fullName],
    ['https://api.github.com', call.api],
    ...replacements,
  ];
  const text = all.reduce((json, [from, to]) => json.replaceAll(from, to), JSON.stringify(example));
  return JSON.parse(text) as Json;
}

/** The repository as GitHub nests it in other answers. */
export function minimalRepository(call: RouteCall): Json {
  const whole = wholeRepository(call);
  const left = [
    'organization',
    'parent',
    'source',
    'permissions',
    'security_and_analysis',
    'temp_clone_token',
  ];
  const kept = Object.entries(whole).filter(([name]) => !left.includes(name));
  return { ...Object.fromEntries(kept), license: null };
}

function wholeRepository(call: RouteCall): Json {
  const operation = findOperation('get', '/repos/o/r')?.operation;
  const example = operation ? (exampleAnswer(operation, 200) as Json) : {};
  const { organization, parent, source, template_repository, ...own } = adopt(call, example);
  return {
    ...own,
    name: call.state.name,
    full_name: call.state.fullName,
    owner: simpleUser(call.api, call.state.owner),
    default_branch: call.state.defaultBranch,
    description: null,
    homepage: null,
    language: null,
    topics: [],
  };
}

/** A file, or the list of what is directly in a folder; raw text where the client asks for it. */
function content(call: RouteCall): unknown {
  const ref = call.query.get('ref');
  if (ref !== null && call.state.resolve(ref) === undefined) throw notFound();
  const path = (call.params.path ?? '').replace(/\/$/, '');
  const text = call.state.files.get(path);
  if (text !== undefined) return call.accept.includes('raw') ? text : fileContent(call, path, text);
  const children = [...call.state.files].filter(([name]) => name.startsWith(`${path}/`));
  if (children.length === 0) throw notFound();
  const inside = new Map(
    children.map(([name, body]) => [name.slice(path.length + 1).split('/')[0] ?? '', { name, body }]),
  );
  return [...inside].map(([child, { name, body }]) => {
    const childPath = `${path}/${child}`;
    return entry(call, childPath, name === childPath ? 'file' : 'dir', name === childPath ? body : '');
  });
}

function fileContent(call: RouteCall, path: string, text: string): Json {
  return {
    ...entry(call, path, 'file', text),
    encoding: 'base64',
    content: Buffer.from(text).toString('base64'),
  };
}

function entry(call: RouteCall, path: string, type: 'file' | 'dir', text: string): Json {
  const sha = createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
  const url = `${call.repositoryUrl}/contents/${encodeURI(path)}`;
  const html = `${call.webUrl}/${type === 'file' ? 'blob' : 'tree'}/${call.state.defaultBranch}/${encodeURI(path)}`;
  const git = `${call.repositoryUrl}/git/${type === 'file' ? 'blobs' : 'trees'}/${sha}`;
  return {
    type,
    size: type === 'file' ? Buffer.byteLength(text) : 0,
    name: path.split('/').at(-1),
    path,
    sha,
    url,
    git_url: git,
    html_url: html,
    download_url:
      type === 'file'
        ? `https://raw.githubusercontent.com/${call.state.fullName}/${call.state.defaultBranch}/${encodeURI(path)}`
        : null,
    _links: { self: url, git, html },
  };
}

function releaseReply(
  call: RouteCall,
  wanted: (release: Release) => boolean,
): { status: number; body: Json } {
  const release = call.state.releases.findLast(wanted);
  if (!release) throw notFound();
  return { status: 200, body: renderRelease(call, release) };
}

function renderRelease(call: RouteCall, release: Release): Json {
  const url = `${call.repositoryUrl}/releases/${release.id}`;
  return {
    ...release,
    node_id: nodeId('Release', release.id),
    url,
    html_url: `${call.webUrl}/releases/tag/${encodeURIComponent(release.tag_name)}`,
    assets_url: `${url}/assets`,
    upload_url: `${url}/assets{?name,label}`,
    tarball_url: `${call.repositoryUrl}/tarball/${release.tag_name}`,
    zipball_url: `${call.repositoryUrl}/zipball/${release.tag_name}`,
    published_at: release.draft ? null : release.created_at,
    author: simpleUser(call.api, tokenUser),
    assets: [],
  };
}
