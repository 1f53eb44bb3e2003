export const id = 858;
export const ids = [858];
export const modules = {

/***/ 6070:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  y: () => (/* binding */ applyAll)
});

// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
// EXTERNAL MODULE: ./lib/cluster/api-error.js
var api_error = __webpack_require__(9610);
// EXTERNAL MODULE: ./lib/cluster/object.js
var cluster_object = __webpack_require__(1430);
// EXTERNAL MODULE: ./lib/source/order.js
var order = __webpack_require__(1420);
;// CONCATENATED MODULE: ./lib/apply/conflicts.js
/**
 * Reads the causes of a refused apply.
 * Source: k8s.io/apimachinery, pkg/util/managedfields/internal/conflict.go: `conflict with "MANAGER" using VERSION at TIME`.
 */
function readConflicts(causes) {
    return causes
        .filter(({ reason }) => reason === 'FieldManagerConflict')
        .map(({ field, message }) => ({
        field,
        owner: /conflict with "([^"]+)"(?: with subresource "([^"]+)")?/.exec(message)?.slice(1).filter(Boolean).join(' / ') ?? message,
    }));
}

// EXTERNAL MODULE: ./lib/apply/each.js
var each = __webpack_require__(390);
// EXTERNAL MODULE: ./lib/cluster/tree.js
var tree = __webpack_require__(6413);
;// CONCATENATED MODULE: ./lib/apply/scale.js


/**
 * Leaves the number of replicas to the autoscaler where the release has one for the object: what runs now stays, so
 * that a deployment in the middle of a rush neither throws instances away nor quarrels over the field. A workload that
 * is new, or was scaled to nothing, starts at what the manifest says, and at least at the autoscaler's minimum.
 */
function keepScale(object, release, live) {
    const scaler = release.find((candidate) => scales(candidate, object));
    if (scaler === undefined)
        return object;
    const running = (0,tree/* number */.ai)((0,tree.at)(live, 'spec', 'replicas'));
    const least = (0,tree/* number */.ai)((0,tree.at)(scaler, 'spec', 'minReplicas'), 1);
    const replicas = running > 0 ? running : Math.max(least, (0,tree/* number */.ai)((0,tree.at)(object, 'spec', 'replicas')));
    return { ...object, spec: { ...(0,tree/* tree */.B2)(object.spec), replicas } };
}
function scales(scaler, object) {
    if (scaler.kind !== 'HorizontalPodAutoscaler')
        return false;
    const target = (0,tree/* tree */.B2)((0,tree.at)(scaler, 'spec', 'scaleTargetRef'));
    return (target.kind === object.kind &&
        target.name === object.metadata.name &&
        (0,cluster_object/* groupOf */.F8)((0,tree/* string */.Yj)(target.apiVersion)) === (0,cluster_object/* groupOf */.F8)(object.apiVersion) &&
        scaler.metadata.namespace === object.metadata.namespace);
}

;// CONCATENATED MODULE: ./lib/apply/apply.js







/**
 * Applies objects that do not depend on each other, several at a time.
 * @throws ActionError 'conflict' naming field and owner; ApiError for other refusals
 */
async function applyAll(client, objects, options) {
    await (0,each/* each */._)(objects, async (object) => {
        const before = options.live.get((0,cluster_object/* keyOf */.TN)(object));
        const after = await applyOne(client, object, before, options);
        const action = before === undefined ? 'created' : isSame(before, after) ? 'unchanged' : 'changed';
        options.onApplied({ ref: (0,cluster_object/* refOf */.H8)(object), action, before, after });
    });
}
/** Whether nothing changed: the server gives an apply without effect the version that was there. */
function isSame(before, after) {
    return before.metadata.resourceVersion === after.metadata.resourceVersion;
}
async function applyOne(client, object, before, options) {
    if (before && (0,order/* isHook */.p)(object) && !options.dryRun)
        return recreate(client, object, before, options);
    const wanted = keepScale(object, options.release, before);
    try {
        return await client.apply(wanted, options);
    }
    catch (error) {
        if (isConflict(error) && wanted !== object) {
            // The autoscaler was at work between our look and our apply.
            const fresh = await client.get((0,cluster_object/* refOf */.H8)(object));
            return client.apply(keepScale(object, options.release, fresh), options);
        }
        if (isConflict(error))
            throw conflict(object, error);
        // A Job's template cannot be changed; a Job that is applied again is meant to run again.
        if (before && object.kind === 'Job' && isImmutable(error)) {
            return options.dryRun ? { ...object, metadata: { ...object.metadata, resourceVersion: 'new' } } : recreate(client, object, before, options);
        }
        throw error;
    }
}
/** How long a deleted Job's finalizers may take, in polls of a quarter second. */
const GONE_POLLS = 120;
async function recreate(client, object, before, options) {
    await client.delete((0,cluster_object/* refOf */.H8)(object), before.metadata.uid === undefined ? {} : { uid: before.metadata.uid });
    for (let poll = 0; poll < GONE_POLLS; poll++) {
        const left = await client.get((0,cluster_object/* refOf */.H8)(object));
        if (left === undefined || left.metadata.uid !== before.metadata.uid)
            return client.apply(object, options);
        await new Promise((done) => setTimeout(done, 250));
    }
    throw new lib/* ActionError */.lZ('not-deleted', `${(0,cluster_object/* labelOf */.Wy)(object)} has to be replaced, and the old one does not go away.`, {
        remedy: `See its finalizers with 'kubectl -n ${object.metadata.namespace} get job ${object.metadata.name} -o yaml'.`,
    });
}
function isConflict(error) {
    return (0,api_error/* hasStatus */.Ro)(error, 409) && error.causes.some(({ reason }) => reason === 'FieldManagerConflict');
}
function isImmutable(error) {
    return (0,api_error/* hasStatus */.Ro)(error, 422) && /immutable/.test(error.message);
}
function conflict(object, error) {
    const found = readConflicts(error.causes);
    const listed = found.map(({ field, owner }) => `  ${field} belongs to ${owner}`).join('\n');
    return new lib/* ActionError */.lZ('conflict', `${(0,cluster_object/* labelOf */.Wy)(object)} has fields that somebody else manages:\n${listed}`, {
        remedy: "Take these fields out of the manifest if the other one should keep them, or add 'force-conflicts: true' to take them over (needed once for objects that 'kubectl apply' or Helm made).",
        cause: error,
    });
}


/***/ }),

/***/ 3973:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  P: () => (/* binding */ differenceOf)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./lib/cluster/tree.js
var tree = __webpack_require__(6413);
// EXTERNAL MODULE: ./lib/source/collect.js + 4 modules
var collect = __webpack_require__(2829);
// EXTERNAL MODULE: ./lib/apply/apply-set.js
var apply_set = __webpack_require__(3622);
;// CONCATENATED MODULE: ./lib/apply/text-diff.js
/** Above this many cells the middle is shown as replaced whole: exact would cost seconds. */
const CELLS = 4_000_000;
/** The shortest line difference (longest common subsequence), with three lines of context around each change. */
function diffLines(before, after, context = 3) {
    const a = before === '' ? [] : before.replace(/\n$/, '').split('\n');
    const b = after === '' ? [] : after.replace(/\n$/, '').split('\n');
    let head = 0;
    while (head < a.length && head < b.length && a[head] === b[head])
        head++;
    let tail = 0;
    while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail))
        tail++;
    const middle = middleDiff(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
    const same = (lines) => lines.map((text) => ({ mark: ' ', text }));
    return withContext([...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))], context);
}
function middleDiff(a, b) {
    const went = (text) => ({ mark: '-', text });
    const came = (text) => ({ mark: '+', text });
    if (a.length * b.length > CELLS)
        return [...a.map(went), ...b.map(came)];
    const width = b.length + 1;
    const common = new Uint32Array((a.length + 1) * width);
    const cell = (i, j) => common[i * width + j] ?? 0;
    for (let i = a.length - 1; i >= 0; i--) {
        for (let j = b.length - 1; j >= 0; j--) {
            common[i * width + j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
        }
    }
    const lines = [];
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
        const left = a[i];
        const right = b[j];
        if (left !== undefined && left === right) {
            lines.push({ mark: ' ', text: left });
            i++;
            j++;
        }
        else if (left !== undefined && (right === undefined || cell(i + 1, j) >= cell(i, j + 1))) {
            lines.push(went(left));
            i++;
        }
        else {
            lines.push(came(right ?? ''));
            j++;
        }
    }
    return lines;
}
function withContext(lines, context) {
    const near = new Set();
    lines.forEach(({ mark }, at) => {
        if (mark === ' ')
            return;
        for (let i = at - context; i <= at + context; i++)
            near.add(i);
    });
    const shown = [];
    lines.forEach((line, at) => {
        if (near.has(at))
            shown.push(line);
        else if (shown.at(-1)?.mark !== '@')
            shown.push({ mark: '@', text: '…' });
    });
    return near.size === 0 ? [] : shown;
}

;// CONCATENATED MODULE: ./lib/apply/difference.js





/** Keys in the order people write them; the rest by name. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'labels', 'annotations', 'type', 'spec', 'image'];
/**
 * What changes for the reader, as lines of a `diff` block. Both sides come from the server, so that what it only fills
 * in by default shows on neither; what only it writes (status, versions, managers) is left out.
 */
async function differenceOf(applied) {
    const [before, after] = await Promise.all([applied.before, applied.after].map(readable));
    return diffLines(before ?? '', after ?? '')
        .map(({ mark, text }) => `${mark === '@' ? '@@' : mark}${mark === '@' ? ' ' : ''}${text}`)
        .join('\n');
}
async function readable(object) {
    if (object === undefined)
        return '';
    const { stringify } = await __webpack_require__.e(/* import() */ 483).then(__webpack_require__.t.bind(__webpack_require__, 3483, 19));
    const shown = hideSecrets(withoutBookkeeping((0,collect/* withoutServerFields */.dw)(object)));
    return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: (a, b) => order(a.key, b.key) });
}
function order(a, b) {
    const [left, right] = [a, b].map(keyText);
    const rank = (key) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
    return rank(left) - rank(right) || left.localeCompare(right);
}
/** Keys reach the comparison as the library's nodes. */
function keyText(key) {
    return typeof key === 'string' ? key : String((0,tree/* tree */.B2)(key).value ?? key);
}
function withoutBookkeeping(object) {
    const { [apply_set/* PART_OF */.em]: _set, ...labels } = object.metadata.labels ?? {};
    const { 'deployment.kubernetes.io/revision': _revision, 'kubectl.kubernetes.io/last-applied-configuration': _last, 'deprecated.daemonset.template.generation': _generation, ...annotations } = object.metadata.annotations ?? {};
    const { labels: _labels, annotations: _annotations, finalizers: _finalizers, ...metadata } = object.metadata;
    return {
        ...object,
        metadata: {
            ...metadata,
            ...(Object.keys(labels).length > 0 && { labels }),
            ...(Object.keys(annotations).length > 0 && { annotations }),
        },
    };
}
/** A Secret's values become the beginning of their hash with a salt of this run: whether they differ, and no more. */
function hideSecrets(object) {
    if (object.kind !== 'Secret')
        return object;
    const hide = (field) => Object.fromEntries(Object.entries((0,tree/* tree */.B2)(field)).map(([key, value]) => [key, `(hidden) ${digest((0,tree/* string */.Yj)(value))}`]));
    return {
        ...object,
        ...(object.data !== undefined && { data: hide(object.data) }),
        ...(object.stringData !== undefined && { stringData: hide(object.stringData) }),
    };
}
const salt = String(Math.random());
function digest(value) {
    return (0,external_node_crypto_.createHash)('sha256').update(salt).update(value).digest('hex').slice(0, 8);
}


/***/ }),

/***/ 390:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   _: () => (/* binding */ each)
/* harmony export */ });
/** Requests in the air at once: enough to hide the latency, few enough for the server's fairness limits. */
const ABREAST = 8;
/** Does `work` for each item, eight at a time. The first failure ends it, after what is under way has ended. */
async function each(items, work) {
    let next = 0;
    let failed = false;
    const lane = async () => {
        for (let item = items[next++]; item !== undefined && !failed; item = items[next++]) {
            try {
                await work(item);
            }
            catch (error) {
                failed = true;
                throw error;
            }
        }
    };
    const lanes = await Promise.allSettled(Array.from({ length: Math.min(ABREAST, items.length) }, lane));
    for (const result of lanes)
        if (result.status === 'rejected')
            throw result.reason;
}


/***/ }),

/***/ 8967:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   l: () => (/* binding */ observe)
/* harmony export */ });
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1430);
/* harmony import */ var _apply_set_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3622);
/* harmony import */ var _each_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(390);



/** From this many objects of a kind on, one list is cheaper than reading each. */
const LIST_FROM = 4;
/**
 * What the cluster holds of the given objects before they are applied, by key. Objects of a kind that the release has
 * many of come in one request, by the label of its ApplySet; what that misses is read one by one.
 */
async function observe(client, objects, applySet) {
    const live = new Map();
    const groups = Map.groupBy(objects, ({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.namespace ?? ''].join('|'));
    await (0,_each_js__WEBPACK_IMPORTED_MODULE_1__/* .each */ ._)([...groups.values()], async ([first, ...others]) => {
        if (first === undefined || others.length + 1 < LIST_FROM)
            return;
        const resource = await client.resource(first.apiVersion, first.kind);
        const labelSelector = `${_apply_set_js__WEBPACK_IMPORTED_MODULE_0__/* .PART_OF */ .em}=${applySet}`;
        const { items } = await client.list(resource, first.metadata.namespace, { labelSelector });
        for (const item of items)
            live.set((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .keyOf */ .TN)(item), item);
    });
    await (0,_each_js__WEBPACK_IMPORTED_MODULE_1__/* .each */ ._)(objects.filter((object) => !live.has((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .keyOf */ .TN)(object))), async (object) => {
        const found = await client.get((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .refOf */ .H8)(object));
        if (found)
            live.set((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .keyOf */ .TN)(object), found);
    });
    return live;
}


/***/ }),

/***/ 4515:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Uw: () => (/* binding */ deleteObjects),
/* harmony export */   aU: () => (/* binding */ leftBehind)
/* harmony export */ });
/* unused harmony export isProtected */
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1430);
/* harmony import */ var _cluster_api_error_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9610);
/* harmony import */ var _apply_set_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3622);
/* harmony import */ var _each_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(390);




/** Kinds whose deletion takes data, or everybody else's objects, with them. */
const NEVER = new Set(['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition', 'StorageClass']);
/** Whether an object may be deleted by a machine. */
function isProtected(object) {
    return (NEVER.has(object.kind) ||
        (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .annotation */ .w7)(object, `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .DOMAIN */ .V2}/protect`) !== '' ||
        (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .annotation */ .w7)(object, 'helm.sh/resource-policy') === 'keep');
}
/** Objects that an earlier revision held and this one does not: candidates, not yet a decision. */
function leftBehind(earlier, now) {
    const kept = new Set(now.map(_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .keyOf */ .TN));
    return earlier.filter((object) => !kept.has((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .keyOf */ .TN)(object))).map(_cluster_object_js__WEBPACK_IMPORTED_MODULE_2__/* .refOf */ .H8);
}
/**
 * Deletes objects that are in the cluster, carry the label of our ApplySet, belong to nobody else and are not protected.
 * Each is deleted by its uid, so that one which was made anew meanwhile stays.
 * @returns what became of each: `deleted`, or `kept` where a rule protects it
 */
async function deleteObjects(client, refs, applySet, options) {
    const done = [];
    await (0,_each_js__WEBPACK_IMPORTED_MODULE_3__/* .each */ ._)(refs, async (ref) => {
        const live = await client.get(ref).catch((error) => {
            if ((0,_cluster_api_error_js__WEBPACK_IMPORTED_MODULE_0__/* .hasStatus */ .Ro)(error, 404))
                return undefined;
            throw error;
        });
        if (live === undefined || live.metadata.deletionTimestamp !== undefined)
            return;
        const ours = live.metadata.labels?.[_apply_set_js__WEBPACK_IMPORTED_MODULE_1__/* .PART_OF */ .em] === applySet && (live.metadata.ownerReferences ?? []).length === 0;
        if (!ours || isProtected(live)) {
            done.push({ ref, action: 'kept', before: live, after: live });
            return;
        }
        const { uid } = live.metadata;
        if (!options.dryRun)
            await client.delete(ref, uid === undefined ? {} : { uid });
        done.push({ ref, action: 'deleted', before: live, after: undefined });
    });
    return done;
}


/***/ }),

/***/ 7789:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   C: () => (/* binding */ openRecord),
/* harmony export */   I: () => (/* binding */ comment)
/* harmony export */ });
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);

const none = { end: async () => undefined };
/** Opens a GitHub deployment for the input `environment`, and says that it is under way. */
async function openRecord(site) {
    const { environment, environmentUrl, token, images } = site.inputs;
    if (environment === '' || token === '')
        return none;
    const { owner, repo, headSha, runUrl } = site.run;
    const { createDeployment, openGitHub, setDeploymentStatus } = await Promise.all(/* import() */[__webpack_require__.e(215), __webpack_require__.e(13)]).then(__webpack_require__.bind(__webpack_require__, 3013));
    const github = openGitHub(token);
    const id = await softly(() => createDeployment(github, {
        owner,
        repo,
        ref: headSha,
        environment,
        production: /^prod/i.test(environment),
        description: `${site.release} in ${site.namespace}`,
        payload: { images: Object.fromEntries(images.map(({ name, reference }) => [name, reference])) },
    }));
    if (id === undefined)
        return none;
    const say = (state, description) => softly(() => setDeploymentStatus(github, {
        owner,
        repo,
        id,
        state,
        description,
        logUrl: runUrl,
        ...(environmentUrl !== '' && { environmentUrl }),
    }));
    await say('in_progress', `deploying ${site.release}`);
    return {
        end: async (state, description) => {
            await say(state, description.replace(/\s+/g, ' '));
        },
    };
}
/** Keeps one comment with the difference on the pull request up to date. */
async function comment(site, body) {
    const { pullRequest, owner, repo } = site.run;
    const { token } = site.inputs;
    if (!pullRequest || token === '' || !site.inputs.comment)
        return;
    const { openGitHub, upsertComment } = await Promise.all(/* import() */[__webpack_require__.e(215), __webpack_require__.e(13)]).then(__webpack_require__.bind(__webpack_require__, 3013));
    const marker = `k8s-deploy:${site.namespace}/${site.release}`;
    await softly(() => upsertComment(openGitHub(token), { owner, repo, number: pullRequest.number }, marker, body));
}
/** A release does not fail because GitHub could not be told of it. */
async function softly(call) {
    try {
        return await call();
    }
    catch (error) {
        const denied = error instanceof Error && 'status' in error && (error.status === 403 || error.status === 404);
        (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .notice */ .lm)(denied
            ? "GitHub was not told of this deployment: the job's token may not. Add 'deployments: write' (and 'pull-requests: write' for the comment) under 'permissions:'."
            : `GitHub was not told of this deployment: ${(0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .messageOf */ .bD)(error)}`, { title: 'Kubernetes deploy' });
        return undefined;
    }
}


/***/ }),

/***/ 3420:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Y: () => (/* binding */ askPermissions),
  q: () => (/* binding */ prepareObjects)
});

// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
// EXTERNAL MODULE: ./lib/apply/apply-set.js
var apply_set = __webpack_require__(3622);
// EXTERNAL MODULE: ./lib/cluster/object.js
var object = __webpack_require__(1430);
// EXTERNAL MODULE: ./lib/cluster/tree.js
var tree = __webpack_require__(6413);
// EXTERNAL MODULE: ./lib/apply/each.js
var each = __webpack_require__(390);
;// CONCATENATED MODULE: ./lib/apply/permissions.js




/** What deploying these resources takes: to change them, to watch them and their pods, and to keep the record. */
function needsOf(resources, home, options) {
    const needs = new Map();
    const add = (group, resource, namespace, verbs) => {
        for (const verb of verbs) {
            needs.set([group, resource, namespace, verb].join('|'), { group, resource, verb, namespace });
        }
    };
    const change = ['get', 'create', 'patch', 'delete'];
    for (const { apiVersion, plural, namespace } of resources) {
        const cluster = namespace === undefined; // never deleted, never listed
        add((0,object/* groupOf */.F8)(apiVersion), plural, namespace, cluster ? ['get', 'patch'] : [...change, 'list', 'watch']);
    }
    // A server-side dry run is allowed to whoever may do the real thing; Kubernetes has no lesser right for it.
    add('', 'secrets', home, options.readOnly ? ['get', 'list'] : [...change, 'list']);
    if (!options.readOnly) {
        add('coordination.k8s.io', 'leases', home, ['get', 'create', 'update']);
        add('', 'pods', home, ['get', 'list', 'watch']);
        add('', 'pods/log', home, ['get']);
        add('', 'events', home, ['list', 'watch']);
        add('apps', 'replicasets', home, ['list', 'watch']);
        if (options.smoke)
            add('', 'services/proxy', home, ['get']);
    }
    return [...needs.values()];
}
/**
 * Asks the cluster, before anything changes, whether all of it is allowed. One request a namespace gives the rules;
 * only what they do not show is asked for singly, since another authorizer may allow it.
 * @throws ActionError 'forbidden' with the Role to add
 */
async function checkPermissions(client, needs) {
    const namespaces = [...new Set(needs.map(({ namespace }) => namespace))];
    const missing = [];
    await (0,each/* each */._)(namespaces.map((namespace) => ({ namespace })), async ({ namespace }) => {
        const rules = namespace === undefined ? [] : await rulesIn(client, namespace);
        const open = needs.filter((need) => need.namespace === namespace && !rules.some((rule) => covers(rule, need)));
        await (0,each/* each */._)(open, async (need) => {
            if (!(await isAllowed(client, need)))
                missing.push(need);
        });
    });
    if (missing.length > 0)
        throw forbidden(missing);
}
async function rulesIn(client, namespace) {
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
    const answer = await client.connection.json({ method: 'POST', path, body, doing: 'Asking for my permissions' });
    return (0,tree/* list */.p_)((0,tree.at)(answer, 'status', 'resourceRules'))
        .map(tree/* tree */.B2)
        .map((rule) => ({
        groups: (0,tree/* list */.p_)(rule.apiGroups).map(tree/* string */.Yj),
        resources: (0,tree/* list */.p_)(rule.resources).map(tree/* string */.Yj),
        verbs: (0,tree/* list */.p_)(rule.verbs).map(tree/* string */.Yj),
        restricted: (0,tree/* list */.p_)(rule.resourceNames).length > 0,
    }));
}
function covers(rule, need) {
    const has = (values, value) => values.includes('*') || values.includes(value);
    const subresource = need.resource.includes('/') ? `*/${need.resource.split('/')[1]}` : need.resource;
    return (!rule.restricted &&
        has(rule.groups, need.group) &&
        (has(rule.resources, need.resource) || rule.resources.includes(subresource)) &&
        has(rule.verbs, need.verb));
}
async function isAllowed(client, need) {
    const [resource = '', subresource] = need.resource.split('/');
    const resourceAttributes = {
        group: need.group,
        resource,
        verb: need.verb,
        ...(subresource !== undefined && { subresource }),
        ...(need.namespace !== undefined && { namespace: need.namespace }),
    };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const answer = await client.connection.json({ method: 'POST', path, body, doing: 'Asking for my permissions' });
    return (0,tree.at)(answer, 'status', 'allowed') === true;
}
function forbidden(missing) {
    const what = missing.map(({ verb, resource, group }) => `${verb} ${resource}${group && `.${group}`}`).sort();
    return new lib/* ActionError */.lZ('forbidden', `The deploying account lacks ${what.length} permissions: ${what.join(', ')}.`, {
        remedy: `Nothing was changed. Add this to its role:\n${roleFor(missing)}`,
    });
}
/** The Role (and ClusterRole) that would give what is missing, as YAML. */
function roleFor(missing) {
    const byNamespace = Map.groupBy(missing, ({ namespace }) => namespace);
    return [...byNamespace.entries()]
        .map(([namespace, needs]) => {
        const byResource = Map.groupBy(needs, ({ group, resource }) => `${group}|${resource}`);
        const rules = [...byResource.entries()].sort().map(([key, members]) => {
            const [group = '', resource = ''] = key.split('|');
            const verbs = members.map(({ verb }) => `"${verb}"`).join(', ');
            return `  - { apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${verbs}] }`;
        });
        const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
        return [
            'apiVersion: rbac.authorization.k8s.io/v1',
            `kind: ${namespace === undefined ? 'ClusterRole' : 'Role'}`,
            `metadata: { name: fairway-deployer${place} }`,
            'rules:',
            ...rules,
        ].join('\n');
    })
        .join('\n---\n');
}

// EXTERNAL MODULE: ./lib/source/collect.js + 4 modules
var collect = __webpack_require__(2829);
;// CONCATENATED MODULE: ./lib/prepare.js




/** Renders the sources and asks for every permission; after this nothing has changed anywhere. */
async function prepareObjects(site, readOnly) {
    return (0,lib/* group */.Os)(`Render ${site.release} for ${site.namespace}`, async () => {
        const collected = await (0,collect/* collectObjects */.Xg)(site.inputs, site.client, site.namespace, site.run.workspace);
        const objects = collected.map((object) => (0,apply_set/* inApplySet */.Cv)(object, site.applySet));
        for (const { kind, metadata } of objects)
            (0,lib/* info */.pq)(`${kind} ${metadata.name}`);
        await askPermissions(site, objects, readOnly);
        return objects;
    });
}
/** @throws ActionError 'forbidden' with the Role to add */
async function askPermissions(site, objects, readOnly) {
    const defined = new Set(objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map((crd) => crd.spec.names.kind));
    const resources = await Promise.all(objects
        .filter(({ kind }) => !defined.has(kind))
        .map(async ({ apiVersion, kind, metadata }) => {
        const { plural } = await site.client.resource(apiVersion, kind);
        return { apiVersion, plural, namespace: metadata.namespace };
    }));
    const smoke = site.inputs.smokeTests.some(({ via }) => via === 'service');
    await checkPermissions(site.client, needsOf(resources, site.namespace, { smoke, readOnly }));
}


/***/ }),

/***/ 894:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ History)
/* harmony export */ });
/* unused harmony export forgettable */
/* harmony import */ var _cluster_kinds_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7130);
/* harmony import */ var _record_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2309);


const SECRETS = (0,_cluster_kinds_js__WEBPACK_IMPORTED_MODULE_0__/* .builtIn */ .wx)('v1', 'Secret');
/** Revisions kept, the last good one apart, which always stays. */
const KEPT = 10;
/** The revisions of one release in one namespace, as they were when read; newest first. */
class History {
    #client;
    release;
    namespace;
    revisions;
    constructor(client, release, namespace, revisions) {
        this.#client = client;
        this.release = release;
        this.namespace = namespace;
        this.revisions = revisions;
    }
    static async read(client, release, namespace) {
        const { items } = await client.list(SECRETS, namespace, { labelSelector: (0,_record_js__WEBPACK_IMPORTED_MODULE_1__/* .selectorOf */ .Bk)(release) });
        const revisions = (await Promise.all(items.map(_record_js__WEBPACK_IMPORTED_MODULE_1__/* .fromSecret */ .PN))).filter((revision) => revision !== undefined);
        return new History(client, release, namespace, revisions.toSorted((a, b) => b.number - a.number));
    }
    get lastGood() {
        return this.revisions.find(({ state }) => state === 'good');
    }
    /** A revision whose run never came to its end. Whoever holds the lease knows that nobody is still at it. */
    get interrupted() {
        return this.revisions.filter(({ state }) => state === 'pending');
    }
    get nextNumber() {
        return (this.revisions[0]?.number ?? 0) + 1;
    }
    find(number) {
        return this.revisions.find((revision) => revision.number === number);
    }
    /** Writes a revision, new or changed. */
    async keep(revision) {
        await this.#client.apply(await (0,_record_js__WEBPACK_IMPORTED_MODULE_1__/* .toSecret */ .uo)(revision), { force: true });
        this.revisions = [revision, ...this.revisions.filter(({ number }) => number !== revision.number)].toSorted((a, b) => b.number - a.number);
        return revision;
    }
    async mark(revision, state, reason = '') {
        return this.keep({ ...revision, state, about: { ...revision.about, reason } });
    }
    /** Deletes what nobody will go back to. */
    async forgetOld() {
        for (const { number } of forgettable(this.revisions)) {
            const ref = { apiVersion: 'v1', kind: 'Secret', name: (0,_record_js__WEBPACK_IMPORTED_MODULE_1__/* .secretName */ .Gf)(this.release, number), namespace: this.namespace };
            await this.#client.delete(ref);
        }
    }
}
/** All but the newest ten and the last good one. Newest first. */
function forgettable(revisions) {
    const lastGood = revisions.find(({ state }) => state === 'good');
    return revisions.slice(KEPT).filter((revision) => revision !== lastGood);
}


/***/ }),

/***/ 2309:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bk: () => (/* binding */ selectorOf),
/* harmony export */   Ct: () => (/* binding */ rollbackCommand),
/* harmony export */   Gf: () => (/* binding */ secretName),
/* harmony export */   PN: () => (/* binding */ fromSecret),
/* harmony export */   uo: () => (/* binding */ toSecret)
/* harmony export */ });
/* unused harmony export STATES */
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1430);
/* harmony import */ var _cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6413);



const STATES = ['pending', 'good', 'failed', 'interrupted', 'undone'];
/** What an etcd value may hold is 1.5 MiB; Kubernetes limits a Secret's data to this. */
const SECRET_BYTES = 1024 * 1024;
const labels = {
    release: `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .DOMAIN */ .V2}/release`,
    revision: `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .DOMAIN */ .V2}/revision`,
    state: `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .DOMAIN */ .V2}/state`,
};
function selectorOf(release) {
    return `${labels.release}=${release}`;
}
function secretName(release, revision) {
    return `fairway.${release}.v${revision}`;
}
/**
 * A revision as a Secret. `objects` is a gzipped `List`, so that it can be put back with nothing but kubectl
 * (see {@link rollbackCommand}); a Secret and not a ConfigMap, because the release may hold Secrets.
 * @throws ActionError 'release-too-large'
 */
async function toSecret(revision) {
    const { gzipSync } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 8522, 19));
    const items = { apiVersion: 'v1', kind: 'List', items: revision.objects };
    const objects = gzipSync(JSON.stringify(items), { level: 9 }).toString('base64');
    if (objects.length > SECRET_BYTES) {
        throw new _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('release-too-large', `The release is ${objects.length} bytes even compressed; a Secret holds ${SECRET_BYTES}.`, {
            remedy: 'Split it into two releases, or move large ConfigMaps (dashboards, data files) out of it.',
        });
    }
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64');
    return {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
            name: secretName(revision.release, revision.number),
            namespace: revision.namespace,
            labels: {
                'app.kubernetes.io/managed-by': 'fairway',
                [labels.release]: revision.release,
                [labels.revision]: String(revision.number),
                [labels.state]: revision.state,
            },
        },
        type: `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .DOMAIN */ .V2}/release.v1`,
        data: { objects, created: encode(revision.created), about: encode(revision.about) },
    };
}
/** @returns undefined for a Secret that is no revision (or one that somebody edited beyond use) */
async function fromSecret(secret) {
    const { gunzipSync } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 8522, 19));
    const given = secret.metadata.labels ?? {};
    const number = Number(given[labels.revision]);
    const state = STATES.find((candidate) => candidate === given[labels.state]);
    if (!Number.isInteger(number) || number < 1 || state === undefined)
        return undefined;
    const decode = (field) => Buffer.from((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__.at)(secret, 'data', field)), 'base64');
    try {
        const unpacked = gunzipSync(decode('objects'), { maxOutputLength: 64 * 1024 * 1024 }).toString('utf8');
        const objects = (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .list */ .p_)((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .tree */ .B2)(JSON.parse(unpacked)).items).flatMap((item) => (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .asObject */ .eB)(item) ?? []);
        const created = JSON.parse(decode('created').toString('utf8'));
        const about = JSON.parse(decode('about').toString('utf8'));
        const release = (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)(given[labels.release]);
        return { release, namespace: secret.metadata.namespace ?? '', number, state, objects, created, about };
    }
    catch {
        return undefined;
    }
}
/** Puts a revision's objects back without this action: for the person who has only kubectl at hand. */
function rollbackCommand(revision) {
    const secret = secretName(revision.release, revision.number);
    return `kubectl -n ${revision.namespace} get secret ${secret} -o jsonpath='{.data.objects}' | base64 -d | gunzip | kubectl apply --server-side --force-conflicts --field-manager=fairway -f -`;
}


/***/ }),

/***/ 2829:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Xg: () => (/* binding */ collectObjects),
  dw: () => (/* binding */ withoutServerFields)
});

// UNUSED EXPORTS: inNamespace

// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
// EXTERNAL MODULE: ./lib/cluster/object.js
var cluster_object = __webpack_require__(1430);
// EXTERNAL MODULE: ./lib/cluster/tree.js
var tree = __webpack_require__(6413);
;// CONCATENATED MODULE: ./lib/source/images.js


/** The fields that hold containers in a PodSpec, in built-in kinds and in the custom resources that embed one. */
const CONTAINER_FIELDS = new Set(['containers', 'initContainers', 'ephemeralContainers']);
/**
 * Puts the chosen images in, wherever a PodSpec stands: Deployments, Jobs, CronJobs, custom resources.
 * @throws ActionError 'image-not-used' when a choice matches no container, with the images that there are
 */
function withImages(objects, choices) {
    const used = new Set();
    const choose = (image) => {
        const choice = choices.find(({ name }) => name === repositoryOf(image));
        if (choice === undefined)
            return image;
        used.add(choice.name);
        return choice.reference;
    };
    const replaced = objects.map((object) => replaceIn(object, choose));
    const unused = choices.find(({ name }) => !used.has(name));
    if (unused)
        throw notUsed(unused.name, imagesOf(objects));
    return replaced;
}
/** Every image that the objects' containers name, sorted, each once. */
function imagesOf(objects) {
    const found = new Set();
    for (const object of objects) {
        replaceIn(object, (image) => {
            found.add(image);
            return image;
        });
    }
    return [...found].sort();
}
/** `registry:5000/team/app` of `registry:5000/team/app:1.2@sha256:…`: a colon before a slash belongs to a port. */
function repositoryOf(image) {
    const [untilDigest = ''] = image.split('@');
    return untilDigest.replace(/:[^/:]*$/, '');
}
function replaceIn(value, choose) {
    if (Array.isArray(value))
        return value.map((item) => replaceIn(item, choose));
    if (typeof value !== 'object' || value === null)
        return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => {
        const isContainers = CONTAINER_FIELDS.has(key) && Array.isArray(inner);
        return [key, isContainers ? (0,tree/* list */.p_)(inner).map((container) => replaceContainer(container, choose)) : replaceIn(inner, choose)];
    }));
}
function replaceContainer(container, choose) {
    const image = (0,tree/* string */.Yj)((0,tree/* tree */.B2)(container).image);
    return image === '' ? container : { ...(0,tree/* tree */.B2)(container), image: choose(image) };
}
function notUsed(name, images) {
    return new lib/* ActionError */.lZ('image-not-used', `The input 'images' replaces '${name}', and no container has that image. The manifests name: ${images.join(', ') || 'no image at all'}.`, {
        remedy: `Write to the left of '=' what the manifests say, without the tag, for example  images: ${images[0] ? repositoryOf(images[0]) : name}=registry/repository@sha256:…`,
    });
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./lib/source/documents.js



/** Aliases that one document may expand: enough for anchors people write, far below a "billion laughs". */
const ALIASES = 100;
/** Rendered sources in all, in bytes. A release is recorded in a Secret, which holds 1 MiB compressed. */
const SOURCE_BYTES = 20 * 1024 * 1024;
/**
 * Reads the objects of a YAML or JSON text, which may hold several documents and `List` objects.
 * @param origin what the text is, for errors: a path, or `kustomize deploy/overlays/staging`
 * @throws ActionError 'bad-manifest' with the place
 */
async function readObjects(text, origin) {
    if (text.length > SOURCE_BYTES) {
        throw new lib/* ActionError */.lZ('bad-manifest', `${origin} is larger than ${SOURCE_BYTES / 1024 / 1024} MiB.`, {
            remedy: 'Split the release; the API server would not take an object of that size either.',
        });
    }
    const { LineCounter, parseAllDocuments } = await __webpack_require__.e(/* import() */ 483).then(__webpack_require__.t.bind(__webpack_require__, 3483, 19));
    const lineCounter = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter, uniqueKeys: true, logLevel: 'silent' });
    const parsed = 'empty' in documents ? [] : documents;
    return parsed.flatMap((document, index) => {
        const [problem] = document.errors;
        if (problem) {
            const { line, col } = lineCounter.linePos(problem.pos[0]);
            throw badManifest(`${origin}, line ${line}, column ${col}: ${problem.message.split('\n')[0]}`);
        }
        return unpack(toPlain(document, origin), `${origin}, document ${index + 1}`);
    });
}
function toPlain(document, origin) {
    try {
        return document.toJS({ maxAliasCount: ALIASES });
    }
    catch (cause) {
        throw badManifest(`${origin}: its aliases expand to more than is sane`, cause);
    }
}
function unpack(value, place) {
    if (value === null || value === undefined)
        return [];
    const { kind, items, metadata } = (0,tree/* tree */.B2)(value);
    if (Array.isArray(items) && (0,tree/* string */.Yj)(kind).endsWith('List')) {
        return (0,tree/* list */.p_)(items).flatMap((item, index) => unpack(item, `${place}, item ${index + 1}`));
    }
    const object = (0,cluster_object/* asObject */.eB)(value);
    if (object)
        return [object];
    if ((0,tree/* string */.Yj)((0,tree/* tree */.B2)(metadata).generateName) !== '') {
        throw badManifest(`${place} (${(0,tree/* string */.Yj)(kind)}) has generateName: it would be a new object at every deployment`);
    }
    throw badManifest(`${place} is not a Kubernetes object: it needs apiVersion, kind and metadata.name`);
}
function badManifest(message, cause) {
    return new lib/* ActionError */.lZ('bad-manifest', `${message}.`, {
        remedy: 'Mend that document. A folder of manifests may hold nothing but manifests; templates belong to Kustomize or Helm.',
        cause,
    });
}

;// CONCATENATED MODULE: ./lib/source/manifests.js




const MANIFEST = /\.(ya?ml|json)$/i;
/** Files that stand among manifests and are none. */
const OTHER = /^(kustomization\.ya?ml|Kustomization|Chart\.yaml|values.*\.ya?ml)$/;
/**
 * Reads manifest files and folders (recursively, in the order of their names).
 * @throws ActionError 'missing-file', 'bad-input' for a path outside the workspace, 'bad-manifest'
 */
async function readManifests(paths, workspace) {
    const root = await (0,promises_.realpath)(workspace);
    const files = [];
    for (const path of paths)
        files.push(...(await manifestFiles((0,external_node_path_.resolve)(root, path), path, root)));
    const objects = [];
    for (const file of files) {
        if ((await (0,promises_.stat)(file)).size > SOURCE_BYTES)
            throw tooLarge((0,external_node_path_.relative)(root, file));
        objects.push(...(await readObjects(await (0,promises_.readFile)(file, 'utf8'), (0,external_node_path_.relative)(root, file))));
    }
    return objects;
}
async function manifestFiles(path, given, root) {
    const real = await (0,promises_.realpath)(path).catch(() => undefined);
    if (real === undefined) {
        throw new lib/* ActionError */.lZ('missing-file', `The input 'manifests' names '${given}', and nothing is there.`, {
            remedy: "Check the spelling, that the path counts from the repository's root, and that actions/checkout ran.",
        });
    }
    // A manifest of a pull request may be a link to a secret of the runner.
    if (real !== root && !real.startsWith(root + external_node_path_.sep)) {
        throw new lib/* ActionError */.lZ('bad-input', `The input 'manifests' leads out of the workspace with '${given}'.`, {
            remedy: 'Copy the file into the repository, or check the other repository out into a folder of this workspace.',
        });
    }
    if (!(await (0,promises_.stat)(real)).isDirectory())
        return [real];
    const entries = await (0,promises_.readdir)(real, { recursive: true, withFileTypes: true });
    const files = entries
        .filter((entry) => entry.isFile() && MANIFEST.test(entry.name) && !OTHER.test(entry.name))
        .map((entry) => (0,external_node_path_.resolve)(entry.parentPath, entry.name))
        .sort();
    if (files.length > 0)
        return files;
    throw new lib/* ActionError */.lZ('missing-file', `The folder '${given}' holds no .yaml, .yml or .json manifest.`, {
        remedy: "Name the folder with the manifests. For a kustomization use 'kustomize:', for a chart 'helm-chart:'.",
    });
}
function tooLarge(path) {
    return new lib/* ActionError */.lZ('bad-manifest', `${path} is larger than ${SOURCE_BYTES / 1024 / 1024} MiB.`, {
        remedy: 'Take it out of the folder; no API server takes an object of that size.',
    });
}

// EXTERNAL MODULE: ../../packages/exec-kit/lib/index.js + 6 modules
var exec_kit_lib = __webpack_require__(7181);
;// CONCATENATED MODULE: ./lib/source/rendering.js



/** Renders a kustomization with kustomize itself, or the one inside kubectl. */
async function renderKustomize(folder, workspace) {
    const alone = await (0,exec_kit_lib/* which */.K7)('kustomize');
    const [tool, args] = alone ? ['kustomize', ['build', folder]] : ['kubectl', ['kustomize', folder]];
    const result = await (0,exec_kit_lib/* runOrThrow */.nf)(tool, args, {
        show: 'never',
        captureBytes: SOURCE_BYTES,
        timeoutMs: 120_000,
        remedy: `Run '${tool} ${args[0]} ${(0,external_node_path_.relative)(workspace, folder)}' by hand: it says which file it misses or cannot read.`,
    });
    return readObjects(result.stdout, `kustomize ${(0,external_node_path_.relative)(workspace, folder)}`);
}
/** The argv of `helm template`. Tests of the chart are for `helm test`, not for a release. */
function helmArguments(helm, namespace) {
    const values = helm.values.flatMap((file) => ['--values', file]);
    return ['template', helm.release, helm.chart, '--namespace', namespace, '--include-crds', '--skip-tests', ...values];
}
async function renderHelm(helm, namespace, workspace) {
    const result = await (0,exec_kit_lib/* runOrThrow */.nf)('helm', helmArguments(helm, namespace), {
        cwd: workspace,
        show: 'never',
        captureBytes: SOURCE_BYTES,
        timeoutMs: 300_000,
        title: `helm template ${helm.chart}`,
        remedy: `Run 'helm template ${helm.release} ${helm.chart}' by hand with the same values: Helm names the template and the line. A chart from a registry needs 'helm registry login' before this step.`,
    });
    return readObjects(result.stdout, `chart ${helm.chart}`);
}

;// CONCATENATED MODULE: ./lib/source/collect.js






/** Everything that the release consists of: rendered, with its images and namespaces, each object once. */
async function collectObjects(inputs, client, namespace, workspace) {
    const { manifests, kustomize, helm } = inputs.sources;
    const found = [
        ...(manifests.length > 0 ? await readManifests(manifests, workspace) : []),
        ...(kustomize !== '' ? await renderKustomize(kustomize, workspace) : []),
        ...(helm ? await renderHelm(helm, namespace, workspace) : []),
    ];
    if (found.length === 0) {
        throw new lib/* ActionError */.lZ('nothing-to-deploy', 'The sources hold no object at all.', {
            remedy: 'Look at what they render to; an empty release would leave everything as it is.',
        });
    }
    const scopes = await scopesOf(found, client);
    const strict = inputs.namespace !== '';
    const placed = found.map((object) => inNamespace(object, namespace, scopes.get(kindKey(object)) ?? true, strict));
    refuseDoubles(placed);
    return withImages(placed.map(withoutServerFields), inputs.images);
}
/** Which kinds have a namespace, by group and kind. Kinds that a definition of this very release brings count too. */
async function scopesOf(objects, client) {
    const scopes = new Map();
    for (const object of objects.filter(({ kind }) => kind === 'CustomResourceDefinition')) {
        const names = `${(0,tree/* string */.Yj)((0,tree.at)(object, 'spec', 'group'))}/${(0,tree/* string */.Yj)((0,tree.at)(object, 'spec', 'names', 'kind'))}`;
        scopes.set(names, (0,tree.at)(object, 'spec', 'scope') === 'Namespaced');
    }
    for (const object of objects) {
        const key = kindKey(object);
        if (!scopes.has(key))
            scopes.set(key, (await client.resource(object.apiVersion, object.kind)).namespaced);
    }
    return scopes;
}
function kindKey(object) {
    return `${(0,cluster_object/* groupOf */.F8)(object.apiVersion)}/${object.kind}`;
}
/** @throws ActionError 'wrong-namespace' when the object names another one than the input does: kubectl refuses that too */
function inNamespace(object, namespace, namespaced, strict) {
    const { namespace: own, ...metadata } = object.metadata;
    if (!namespaced)
        return { ...object, metadata };
    if (own !== undefined && own !== namespace && strict) {
        throw new lib/* ActionError */.lZ('wrong-namespace', `${(0,cluster_object/* labelOf */.Wy)(object)} names the namespace '${own}', and the input 'namespace' says '${namespace}'.`, {
            remedy: `Take 'namespace' out of the manifest (or set it in the overlay), or leave the input 'namespace' out to let objects go where they say.`,
        });
    }
    return { ...object, metadata: { ...metadata, namespace: own ?? namespace } };
}
function refuseDoubles(objects) {
    const seen = new Set();
    for (const object of objects) {
        const key = (0,cluster_object/* keyOf */.TN)(object);
        if (seen.has(key)) {
            throw new lib/* ActionError */.lZ('bad-manifest', `${(0,cluster_object/* labelOf */.Wy)(object)} is there twice: which one should win?`, {
                remedy: 'Take one out. The same file may be named twice, or belong to both a kustomization and the manifests.',
            });
        }
        seen.add(key);
    }
}
/** Without what only a server writes; an exported manifest often still carries it, and apply refuses some of it. */
function withoutServerFields(object) {
    const { status: _status, ...rest } = object;
    const { uid: _uid, resourceVersion: _version, generation: _generation, ...metadata } = object.metadata;
    const { creationTimestamp: _created, managedFields: _managed, selfLink: _link, ...kept } = metadata;
    return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: kept };
}


/***/ }),

/***/ 1420:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I: () => (/* binding */ inWaves),
/* harmony export */   p: () => (/* binding */ isHook)
/* harmony export */ });
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1430);

/**
 * The order of kinds within a wave: what others refer to comes first.
 * Source: Helm's InstallOrder (helm/helm, pkg/release/v1/util/kind_sorter.go), without kinds that are gone.
 */
const KINDS = [
    'PriorityClass',
    'Namespace',
    'NetworkPolicy',
    'ResourceQuota',
    'LimitRange',
    'PodDisruptionBudget',
    'ServiceAccount',
    'Secret',
    'ConfigMap',
    'StorageClass',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'CustomResourceDefinition',
    'ClusterRole',
    'ClusterRoleBinding',
    'Role',
    'RoleBinding',
    'Service',
    'DaemonSet',
    'Pod',
    'ReplicaSet',
    'Deployment',
    'HorizontalPodAutoscaler',
    'StatefulSet',
    'Job',
    'CronJob',
    'IngressClass',
    'Ingress',
    'APIService',
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
];
const PRE_DEPLOY = -1_000;
const POST_DEPLOY = 1_000;
/** Definitions and namespaces come before everything that may need them, hooks included. */
const FOUNDATION = -10_000;
/** Sorts objects into waves and, within each, by kind and name. */
function inWaves(objects) {
    const byNumber = Map.groupBy(objects.filter(isWanted), waveOf);
    return [...byNumber.entries()]
        .sort(([a], [b]) => a - b)
        .map(([number, members]) => ({ number, objects: members.toSorted(byKind) }));
}
/** A job that runs anew at each deployment, before or after the rest: Helm's hooks, or our own annotation. */
function isHook(object) {
    return object.kind === 'Job' && hookOf(object) !== '';
}
function waveOf(object) {
    if (object.kind === 'CustomResourceDefinition' || object.kind === 'Namespace')
        return FOUNDATION;
    const own = Number.parseInt((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_0__/* .annotation */ .w7)(object, `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_0__/* .DOMAIN */ .V2}/wave`), 10);
    if (!Number.isNaN(own))
        return Math.max(-500, Math.min(500, own));
    const hook = hookOf(object);
    if (hook === '')
        return 0;
    const weight = Number.parseInt((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_0__/* .annotation */ .w7)(object, 'helm.sh/hook-weight'), 10) || 0;
    return (hook.startsWith('pre-') ? PRE_DEPLOY : POST_DEPLOY) + Math.max(-400, Math.min(400, weight));
}
/** `pre-deploy`, `post-deploy`, or empty. Source of Helm's names: https://helm.sh/docs/topics/charts_hooks/ */
function hookOf(object) {
    const own = (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_0__/* .annotation */ .w7)(object, `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_0__/* .DOMAIN */ .V2}/hook`);
    if (own === 'pre-deploy' || own === 'post-deploy')
        return own;
    const names = (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_0__/* .annotation */ .w7)(object, 'helm.sh/hook').split(',');
    if (names.some((name) => /^pre-(install|upgrade)$/.test(name.trim())))
        return 'pre-deploy';
    return names.some((name) => /^post-(install|upgrade)$/.test(name.trim())) ? 'post-deploy' : '';
}
/** Hooks for other occasions (delete, rollback, test) are no part of a deployment. */
function isWanted(object) {
    return (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_0__/* .annotation */ .w7)(object, 'helm.sh/hook') === '' || hookOf(object) !== '' || object.kind === 'CustomResourceDefinition';
}
function byKind(a, b) {
    return rank(a.kind) - rank(b.kind) || a.kind.localeCompare(b.kind) || a.metadata.name.localeCompare(b.metadata.name);
}
function rank(kind) {
    const index = KINDS.indexOf(kind);
    return index < 0 ? KINDS.length : index;
}


/***/ })

};
