export const id = 13;
export const ids = [13];
export const modules = {

/***/ 3013:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createDeployment: () => (/* reexport */ createDeployment),
  openGitHub: () => (/* reexport */ openGitHub),
  setDeploymentStatus: () => (/* reexport */ setDeploymentStatus),
  upsertComment: () => (/* reexport */ upsertComment)
});

// UNUSED EXPORTS: createCheck, statusOf, unlessDenied, uploadSarif

// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
;// CONCATENATED MODULE: ../../packages/github-kit/lib/check.js

/** What GitHub takes in one request. Source: REST docs, "Create a check run", output.annotations. */
const BATCH = 50;
/** Creates a finished check run with all its annotations: those past the first fifty are added by updates. */
async function createCheck(github, check) {
    const where = { owner: check.owner, repo: check.repo };
    const output = { title: check.title.slice(0, 255), summary: check.summary.slice(0, COMMENT_CHARACTERS) };
    const batches = chunks(check.annotations.map(toApi), BATCH);
    const { data } = await github.rest.checks.create({
        ...where,
        name: check.name,
        head_sha: check.headSha,
        status: 'completed',
        conclusion: check.conclusion,
        ...(check.detailsUrl !== undefined && { details_url: check.detailsUrl }),
        output: { ...output, ...(batches[0] && { annotations: batches[0] }) },
    });
    for (const annotations of batches.slice(1)) {
        await github.rest.checks.update({ ...where, check_run_id: data.id, output: { ...output, annotations } });
    }
    return { id: data.id, url: data.html_url ?? '' };
}
function toApi(annotation) {
    return {
        path: annotation.path,
        start_line: annotation.startLine,
        end_line: Math.max(annotation.startLine, annotation.endLine),
        annotation_level: annotation.level,
        title: annotation.title.slice(0, 255),
        // GitHub's limit is 64 KB a message.
        message: annotation.message.slice(0, 16_000) || annotation.title,
    };
}
function chunks(items, size) {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

;// CONCATENATED MODULE: ../../packages/github-kit/lib/comment.js

/** Who may push here, in GitHub's words; a personal access token comments as one of them. */
const TRUSTED = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);
/**
 * Keeps one comment up to date on an issue or pull request, found again by a marker that does not show. Of several
 * with the marker (two runs at once) the oldest is kept up to date.
 * @param marker a word of letters, digits, `-`, `_`, `.`, `:` and `/`, unique to what is told
 * @param body Markdown, at most 65,535 characters with the marker; fit it with `fitSections` first
 */
async function upsertComment(github, issue, marker, body) {
    const tag = `<!-- fairway:${marker.replace(/[^\w.:/-]/g, '-')} -->`;
    const text = `${tag}\n${body}`.slice(0, lib/* COMMENT_CHARACTERS */.db);
    const where = { owner: issue.owner, repo: issue.repo };
    const found = await findComment(github, issue, tag);
    const { data } = found === undefined
        ? await github.rest.issues.createComment({ ...where, issue_number: issue.number, body: text })
        : await github.rest.issues.updateComment({ ...where, comment_id: found, body: text });
    return { id: data.id, url: data.html_url, created: found === undefined };
}
async function findComment(github, issue, tag) {
    const pages = github.paginate.iterator(github.rest.issues.listComments, {
        owner: issue.owner,
        repo: issue.repo,
        issue_number: issue.number,
        per_page: 100,
    });
    for await (const { data } of pages) {
        // Ours begins with the marker, and who wrote it may write here: a stranger's copy of it is not taken over.
        const mine = data.find((comment) => comment.body?.startsWith(tag) &&
            (comment.user?.type === 'Bot' || TRUSTED.has(comment.author_association)));
        if (mine)
            return mine.id;
    }
    return undefined;
}

;// CONCATENATED MODULE: ../../packages/github-kit/lib/denied.js

/** The HTTP status of a refused request, or undefined for any other error. */
function statusOf(error) {
    const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
    return typeof status === 'number' ? status : undefined;
}
/**
 * Runs a part that only tells (a comment, a check), and goes on without it where the token may not: the token of a
 * pull request from a fork or from Dependabot can only read. Gives undefined then, and a notice says what was left
 * out. Anything else that GitHub answers is thrown, with a remedy.
 * @param permission what to grant, as written in a workflow: `pull-requests: write`
 */
async function unlessDenied(what, permission, part) {
    try {
        return await part();
    }
    catch (error) {
        const status = statusOf(error);
        // GitHub answers 404 rather than 403 where a token may not even know that something is there.
        if (status === 401 || status === 403 || status === 404) {
            notice(`${what} was left out: GitHub answered ${status} (${messageOf(error).split('\n')[0]}). ` +
                `Where this job should write it, add '${permission}' to its 'permissions:'. ` +
                'On pull requests from forks and from Dependabot the token can only read.');
            return undefined;
        }
        if (error instanceof ActionError)
            throw error;
        throw new ActionError('github-api', `${what} failed: ${messageOf(error)}`, {
            remedy: 'Run the job again. If it fails the same way, see https://www.githubstatus.com, and report this message.',
            cause: error,
        });
    }
}

;// CONCATENATED MODULE: ../../packages/github-kit/lib/deployment.js
/**
 * Opens a deployment. Status checks are not asked for again (`required_contexts` is empty): this runs inside the
 * workflow whose own check would still be pending, and GitHub would answer 409.
 */
async function createDeployment(github, request) {
    const { data } = await github.rest.repos.createDeployment({
        owner: request.owner,
        repo: request.repo,
        ref: request.ref,
        environment: request.environment,
        production_environment: request.production,
        auto_merge: false,
        required_contexts: [],
        description: (request.description ?? '').slice(0, 140),
        ...(request.payload && { payload: request.payload }),
    });
    if ('id' in data)
        return data.id;
    throw new Error(data.message ?? 'GitHub merged the default branch instead of creating a deployment');
}
async function setDeploymentStatus(github, status) {
    await github.rest.repos.createDeploymentStatus({
        owner: status.owner,
        repo: status.repo,
        deployment_id: status.id,
        state: status.state,
        description: (status.description ?? '').slice(0, 140),
        ...(status.environmentUrl && { environment_url: status.environmentUrl }),
        ...(status.logUrl && { log_url: status.logUrl }),
    });
}

// EXTERNAL MODULE: ../../node_modules/@actions/github/lib/utils.js + 20 modules
var utils = __webpack_require__(2718);
// EXTERNAL MODULE: ../../node_modules/@octokit/plugin-retry/dist-bundle/index.js
var dist_bundle = __webpack_require__(4491);
// EXTERNAL MODULE: ../../node_modules/@octokit/plugin-throttling/dist-bundle/index.js
var plugin_throttling_dist_bundle = __webpack_require__(2812);
;// CONCATENATED MODULE: ../../packages/github-kit/lib/open.js




const Client = utils/* GitHub */.gq.plugin(dist_bundle/* retry */.L, plugin_throttling_dist_bundle/* throttling */.A);
/** How often a request that met a rate limit is tried again. */
const RATE_LIMIT_RETRIES = 2;
/**
 * Opens the API of the server that this run is on.
 * @throws ActionError 'no-token' when the token is empty
 */
function openGitHub(token) {
    if (token === '') {
        throw new lib/* ActionError */.lZ('no-token', 'There is no GitHub token to call the API with.', {
            remedy: "Leave out the input 'token' (its default is the job's own), or pass  token: ${{ github.token }}",
        });
    }
    const limited = (wait, request, _, tries) => {
        (0,lib/* info */.pq)(`GitHub asks to slow down: ${request.method} ${request.url} again in ${wait} s.`);
        return tries < RATE_LIMIT_RETRIES;
    };
    return new Client({
        ...(0,utils/* getOctokitOptions */.EG)(token, { baseUrl: (0,lib/* context */._O)().apiUrl }),
        throttle: { onRateLimit: limited, onSecondaryRateLimit: limited },
        // 400, 401, 403, 404 and 422 are answers, not accidents: they are never retried.
        retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 451] },
        log: { debug: () => undefined, info: () => undefined, warn: lib/* info */.pq, error: () => undefined },
    });
}

// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ../../packages/github-kit/lib/sarif.js


/** Hands findings to code scanning, and gives the upload's id; GitHub processes it after it answered. */
async function uploadSarif(github, upload) {
    const packed = await promisify(gzip)(upload.sarif);
    const { data } = await github.rest.codeScanning.uploadSarif({
        owner: upload.owner,
        repo: upload.repo,
        commit_sha: upload.commitSha,
        ref: upload.ref,
        sarif: packed.toString('base64'),
    });
    return data.id ?? '';
}

;// CONCATENATED MODULE: ../../packages/github-kit/lib/index.js
/**
 * GitHub's API, for actions that tell: comments, checks, deployments, code scanning. Import it lazily, with
 * `await import('@fairway/github-kit')`: the client costs more to load than all else an action does at start.
 */








/***/ })

};
