export const id = 657;
export const ids = [657];
export const modules = {

/***/ 1657:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   deploy: () => (/* binding */ deploy),
/* harmony export */   firstLine: () => (/* binding */ firstLine),
/* harmony export */   holderOf: () => (/* binding */ holderOf),
/* harmony export */   isSameRelease: () => (/* binding */ isSameRelease)
/* harmony export */ });
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _apply_apply_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6070);
/* harmony import */ var _apply_observe_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8967);
/* harmony import */ var _apply_prune_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4515);
/* harmony import */ var _cluster_api_error_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9610);
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_15__ = __webpack_require__(1430);
/* harmony import */ var _github_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(7789);
/* harmony import */ var _prepare_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(3420);
/* harmony import */ var _release_history_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(894);
/* harmony import */ var _release_lease_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(4252);
/* harmony import */ var _release_record_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(2309);
/* harmony import */ var _release_roll_out_js__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(9658);
/* harmony import */ var _release_undo_js__WEBPACK_IMPORTED_MODULE_11__ = __webpack_require__(1142);
/* harmony import */ var _rollout_evidence_js__WEBPACK_IMPORTED_MODULE_12__ = __webpack_require__(5917);
/* harmony import */ var _source_order_js__WEBPACK_IMPORTED_MODULE_14__ = __webpack_require__(1420);
/* harmony import */ var _report_js__WEBPACK_IMPORTED_MODULE_13__ = __webpack_require__(8760);
















/** Deploys: nothing changes before everything is known to be allowed and valid, and nothing bad stays. */
async function deploy(site, outputs) {
    const objects = await (0,_prepare_js__WEBPACK_IMPORTED_MODULE_6__/* .prepareObjects */ .q)(site, false);
    if (site.inputs.createNamespace)
        await createNamespace(site);
    const lease = await (0,_release_lease_js__WEBPACK_IMPORTED_MODULE_8__/* .takeLease */ ._)(site.client, holderOf(site));
    const record = await (0,_github_js__WEBPACK_IMPORTED_MODULE_5__/* .openRecord */ .C)(site);
    try {
        const signal = AbortSignal.any([site.cancelled, lease.lost]);
        await deployHolding(site, objects, outputs, signal);
        await record.end('success', `${site.release} in ${site.namespace}`);
    }
    catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        outputs.set('reason', firstLine(reason));
        await record.end('failure', reason);
        throw error;
    }
    finally {
        await lease.release();
    }
}
function holderOf(site) {
    const { runUrl, runAttempt, job } = site.run;
    return { release: site.release, namespace: site.namespace, identity: `${runUrl} attempt ${runAttempt} job ${job} pid ${process.pid}` };
}
async function deployHolding(site, objects, outputs, signal) {
    const history = await _release_history_js__WEBPACK_IMPORTED_MODULE_7__/* .History */ .B.read(site.client, site.release, site.namespace);
    const lastGood = history.lastGood;
    outputs.set('previous-revision', lastGood ? String(lastGood.number) : '');
    const strays = await closeInterrupted(history);
    const live = await (0,_apply_observe_js__WEBPACK_IMPORTED_MODULE_2__/* .observe */ .l)(site.client, objects, site.applySet);
    const isRepeat = lastGood !== undefined && isSameRelease(lastGood.objects, objects);
    if (!lastGood)
        await preflight(site, objects, live);
    const revision = isRepeat ? lastGood : await history.keep(pendingRevision(site, history, objects, live));
    const rollout = new _release_roll_out_js__WEBPACK_IMPORTED_MODULE_10__/* .Rollout */ .m();
    // What ran its hooks once has run them; a repeated deployment only mends what drifted.
    const wanted = isRepeat ? objects.filter((object) => !(0,_source_order_js__WEBPACK_IMPORTED_MODULE_14__/* .isHook */ .p)(object)) : objects;
    await (0,_release_roll_out_js__WEBPACK_IMPORTED_MODULE_10__/* .rollOut */ .O)(site, wanted, rollout, { live, force: site.inputs.forceConflicts, signal, withSmokeTests: true });
    outputs.set('changed', rollout.changed);
    if (rollout.failure) {
        return await fail(site, { history, revision, lastGood, rollout, isRepeat, signal }, outputs);
    }
    const leftovers = await prune(site, history, objects, strays, rollout);
    if (!isRepeat)
        await history.mark(revision, 'good');
    await history.forgetOld();
    const result = isRepeat && rollout.changed === 0 ? 'unchanged' : 'deployed';
    const back = history.revisions.find(({ state, number }) => state === 'good' && number < revision.number);
    outputs.set('result', result);
    outputs.set('revision', String(revision.number));
    outputs.set('changed', rollout.changed);
    outputs.set('rollback-command', back ? (0,_release_record_js__WEBPACK_IMPORTED_MODULE_9__/* .rollbackCommand */ .Ct)(back) : '');
    await (0,_report_js__WEBPACK_IMPORTED_MODULE_13__/* .writeReport */ .u)(site, { result, revision: revision.number, previous: back, rollout, leftovers });
}
/** The release is bad: gathers the evidence while it is there, puts back what ran, tells it. Always throws. */
async function fail(site, failed, outputs) {
    const { history, revision, lastGood, rollout, isRepeat } = failed;
    const { reason, remedy, findings } = rollout.failure ?? { reason: '', remedy: '', findings: [] };
    outputs.set('reason', firstLine(reason));
    const evidence = await (0,_rollout_evidence_js__WEBPACK_IMPORTED_MODULE_12__/* .gatherEvidence */ .h)(site.client, findings);
    const marked = isRepeat ? revision : await history.mark(revision, 'failed', reason);
    const undoing = isRepeat || !site.inputs.rollback || !lastGood || rollout.changed === 0
        ? { done: false, why: whyNot(site, failed) }
        : await (0,_release_undo_js__WEBPACK_IMPORTED_MODULE_11__/* .undo */ .t)(site, lastGood, marked, failed.signal);
    const restored = undoing.done && undoing.rollout.failure === undefined;
    outputs.set('result', restored ? 'rolled-back' : 'failed');
    outputs.set('revision', restored && lastGood ? String(lastGood.number) : '');
    outputs.set('rollback-command', !restored && lastGood ? (0,_release_record_js__WEBPACK_IMPORTED_MODULE_9__/* .rollbackCommand */ .Ct)(lastGood) : '');
    await (0,_report_js__WEBPACK_IMPORTED_MODULE_13__/* .writeReport */ .u)(site, {
        result: restored ? 'rolled-back' : 'failed',
        revision: revision.number,
        previous: lastGood,
        rollout,
        evidence,
        undoing,
        leftovers: [],
    });
    throw new _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('release-failed', `${reason}${logTail(evidence)}\n${afterwards(undoing, lastGood)}`, { remedy });
}
function whyNot(site, { isRepeat, lastGood, rollout }) {
    if (!lastGood)
        return 'Nothing was released here before, so there is nothing to go back to; the objects were left for you to look at.';
    if (isRepeat)
        return 'This release is the last good one: nothing else was good after it.';
    if (rollout.changed === 0)
        return `Nothing was changed: revision ${lastGood.number} still runs.`;
    return site.inputs.rollback ? '' : "The bad release was left in place, since 'rollback' is false.";
}
function afterwards(undoing, lastGood) {
    if (!undoing.done)
        return undoing.why;
    if (undoing.rollout.failure) {
        return `Going back to revision ${lastGood?.number} failed too: ${undoing.rollout.failure.reason}`;
    }
    return `Revision ${lastGood?.number} was put back and is ready again.`;
}
/** The last lines of the container that failed, for readers who see only the annotation. */
function logTail(evidence) {
    const log = evidence.map((one) => one.log || one.previousLog).find((text) => text !== '');
    return log === undefined ? '' : `\nIts last lines:\n${log.split('\n').slice(-8).join('\n')}`;
}
/** Marks revisions whose run died. @returns what they created, to be taken away if this release does not hold it */
async function closeInterrupted(history) {
    const strays = [];
    for (const revision of history.interrupted) {
        (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq)(`Revision ${revision.number} was interrupted (${revision.about.run}); this release takes its place.`);
        strays.push(...revision.created);
        await history.mark(revision, 'interrupted', 'its run ended before the rollout did');
    }
    return strays;
}
function pendingRevision(site, history, objects, live) {
    const { sha, runUrl, actor } = (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .context */ ._O)();
    return {
        release: site.release,
        namespace: site.namespace,
        number: history.nextNumber,
        state: 'pending',
        objects,
        created: objects.filter((object) => !live.has((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN)(object))).map(_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .refOf */ .H8),
        about: {
            commit: sha,
            run: runUrl,
            actor,
            images: Object.fromEntries(site.inputs.images.map(({ name, reference }) => [name, reference])),
            startedAt: site.client.connection.now().toISOString(),
            reason: '',
        },
    };
}
function isSameRelease(a, b) {
    const sorted = (objects) => JSON.stringify(objects.toSorted((x, y) => (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN)(x).localeCompare((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN)(y))));
    return sorted(a) === sorted(b);
}
/** Tries a first release on the server without effect: there would be no way back from half of one. */
async function preflight(site, objects, live) {
    const brings = new Set(objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map((crd) => crd.spec.names.kind));
    const namespaces = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
    const testable = objects.filter(({ kind, metadata }) => !brings.has(kind) && !namespaces.has(metadata.namespace ?? ''));
    await (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .group */ .Os)('Try it on the server without effect', () => (0,_apply_apply_js__WEBPACK_IMPORTED_MODULE_1__/* .applyAll */ .y)(site.client, testable, {
        force: site.inputs.forceConflicts,
        dryRun: true,
        release: objects,
        live,
        onApplied: () => undefined,
    }));
}
/** Takes away what an interrupted run left and, where asked, what the manifests no longer hold. */
async function prune(site, history, objects, strays, rollout) {
    const now = new Set(objects.map(_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN));
    const stray = new Map(strays.filter((ref) => !now.has((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN)(ref))).map((ref) => [(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN)(ref), ref]));
    const earlier = new Map((0,_apply_prune_js__WEBPACK_IMPORTED_MODULE_3__/* .leftBehind */ .aU)(history.revisions.flatMap((r) => r.objects), objects).map((ref) => [(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN)(ref), ref]));
    const doomed = site.inputs.prune ? new Map([...earlier, ...stray]) : stray;
    const deleted = await (0,_apply_prune_js__WEBPACK_IMPORTED_MODULE_3__/* .deleteObjects */ .Uw)(site.client, [...doomed.values()], site.applySet, { dryRun: false });
    for (const one of deleted)
        (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq)(`${one.action.padEnd(9)} ${(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .labelOf */ .Wy)(one.ref)}`);
    rollout.applied.push(...deleted);
    if (site.inputs.prune)
        return [];
    const left = await (0,_apply_prune_js__WEBPACK_IMPORTED_MODULE_3__/* .deleteObjects */ .Uw)(site.client, [...earlier.values()].filter((ref) => !stray.has((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_15__/* .keyOf */ .TN)(ref))), site.applySet, { dryRun: true });
    return left.filter(({ action }) => action === 'deleted').map(({ ref }) => ref);
}
async function createNamespace(site) {
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: site.namespace };
    const found = await site.client.get(ref).catch((error) => {
        if ((0,_cluster_api_error_js__WEBPACK_IMPORTED_MODULE_4__/* .hasStatus */ .Ro)(error, 403))
            return undefined;
        throw error;
    });
    if (found)
        return;
    const { apiVersion, kind, name } = ref;
    await site.client.apply({ apiVersion, kind, metadata: { name } }, { force: false });
    (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq)(`created   Namespace ${name}`);
}
function firstLine(text) {
    return text.split('\n')[0]?.slice(0, 500) ?? '';
}


/***/ }),

/***/ 4252:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   _: () => (/* binding */ takeLease)
/* harmony export */ });
/* unused harmony export leaseMove */
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _cluster_api_error_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9610);
/* harmony import */ var _cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6413);



/** How long a lease outlives its holder: the longest that a killed run blocks the next one. */
const LEASE_SECONDS = 60;
const RENEW_MS = 15_000;
/** What to do about the lease that is there. Times by the API server's clock. */
function leaseMove(found, identity, now) {
    if (found === undefined)
        return 'create';
    const holder = (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__.at)(found, 'spec', 'holderIdentity'));
    if (holder === '' || holder === identity)
        return 'take';
    const renewed = Date.parse((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__.at)(found, 'spec', 'renewTime')));
    const lasts = (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .number */ .ai)((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__.at)(found, 'spec', 'leaseDurationSeconds'), LEASE_SECONDS) * 1000;
    return Number.isNaN(renewed) || renewed + lasts < now.getTime() ? 'take' : 'refuse';
}
/**
 * Takes the lease, or refuses at once: to wait for each other is the business of `concurrency:` in the workflow.
 * @throws ActionError 'deploy-in-progress' naming the other run
 */
async function takeLease(client, holder) {
    let current = await seize(client, holder);
    const lost = new AbortController();
    let renewing = Promise.resolve();
    const renew = async () => {
        try {
            current = await client.replace({ ...current, spec: specOf(holder, client.connection.now()) });
        }
        catch (error) {
            (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .debug */ .Yz)(`Renewing the lease: ${(0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .messageOf */ .bD)(error)}`);
            if ((0,_cluster_api_error_js__WEBPACK_IMPORTED_MODULE_1__/* .hasStatus */ .Ro)(error, 409, 404))
                lost.abort();
        }
    };
    const timer = setInterval(() => {
        renewing = renewing.then(renew);
    }, RENEW_MS);
    timer.unref();
    return {
        lost: lost.signal,
        release: async () => {
            clearInterval(timer);
            await renewing;
            if (lost.signal.aborted)
                return;
            const spec = { ...specOf(holder, client.connection.now()), holderIdentity: '' };
            await client.replace({ ...current, spec }).catch((error) => {
                (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .warning */ .$e)(`The lease could not be given back; it expires by itself in a minute: ${(0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .messageOf */ .bD)(error)}`);
            });
        },
    };
}
async function seize(client, holder) {
    const name = `fairway.${holder.release}`;
    const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name, namespace: holder.namespace };
    const found = await client.get(ref);
    const spec = specOf(holder, client.connection.now());
    try {
        switch (leaseMove(found, holder.identity, client.connection.now())) {
            case 'create':
                return await client.create({
                    apiVersion: ref.apiVersion,
                    kind: ref.kind,
                    metadata: { name, namespace: holder.namespace, labels: { 'app.kubernetes.io/managed-by': 'fairway' } },
                    spec: { ...spec, acquireTime: spec.renewTime },
                });
            case 'take':
                return await client.replace({ ...found, spec: { ...spec, acquireTime: spec.renewTime } });
            case 'refuse':
                throw inProgress(holder, (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__.at)(found, 'spec', 'holderIdentity')));
        }
    }
    catch (error) {
        if ((0,_cluster_api_error_js__WEBPACK_IMPORTED_MODULE_1__/* .hasStatus */ .Ro)(error, 409))
            throw inProgress(holder, 'a run that was a moment quicker');
        throw error;
    }
}
function specOf(holder, now) {
    return {
        holderIdentity: holder.identity,
        leaseDurationSeconds: LEASE_SECONDS,
        renewTime: `${now.toISOString().slice(0, -1)}000Z`, // MicroTime
    };
}
function inProgress(holder, other) {
    return new _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('deploy-in-progress', `Another run is deploying '${holder.release}' in '${holder.namespace}': ${other}.`, {
        remedy: `Let it end and run this job again; 'concurrency: deploy-${holder.namespace}' in the workflow makes runs wait for each other. The lease of a run that died expires within ${LEASE_SECONDS} s.`,
    });
}


/***/ }),

/***/ 9658:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  m: () => (/* binding */ Rollout),
  O: () => (/* binding */ rollOut)
});

// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
// EXTERNAL MODULE: ./lib/apply/apply.js + 2 modules
var apply = __webpack_require__(6070);
// EXTERNAL MODULE: ./lib/apply/apply-set.js
var apply_set = __webpack_require__(3622);
// EXTERNAL MODULE: ./lib/cluster/kinds.js
var kinds = __webpack_require__(7130);
// EXTERNAL MODULE: ./lib/cluster/object.js
var cluster_object = __webpack_require__(1430);
// EXTERNAL MODULE: ../../packages/exec-kit/lib/index.js + 6 modules
var exec_kit_lib = __webpack_require__(7181);
// EXTERNAL MODULE: ./lib/cluster/api-error.js
var api_error = __webpack_require__(9610);
;// CONCATENATED MODULE: ./lib/smoke.js



/** Between two tries of one test, in milliseconds. */
const BETWEEN_MS = 1_000;
/** Runs the tests beside each other, each repeated until it passes or `timeoutMs` is over. */
async function runSmokeTests(tests, client, namespace, timeoutMs, signal) {
    return Promise.all(tests.map(async (test) => {
        const result = await repeat(test, () => attempt(test, client, namespace, timeoutMs), timeoutMs, signal);
        (0,lib/* info */.pq)(`${result.passed ? 'passed' : 'failed'}: ${test.label} (${result.detail})`);
        return result;
    }));
}
async function repeat(test, once, timeoutMs, signal) {
    const began = performance.now();
    for (let tries = 1;; tries++) {
        const { passed, said } = await once();
        const elapsedMs = performance.now() - began;
        const times = tries === 1 ? '1 try' : `${tries} tries`;
        if (passed)
            return { test, passed: true, detail: `${said} after ${times}` };
        if (elapsedMs + BETWEEN_MS > timeoutMs || signal.aborted) {
            return { test, passed: false, detail: `${said} after ${times} in ${(0,lib/* formatDuration */.a3)(elapsedMs)}` };
        }
        await (0,exec_kit_lib/* pause */.v7)(BETWEEN_MS, signal);
    }
}
/** One try. Redirects count as they come: a login page behind one is not the service. */
async function attempt(test, client, namespace, timeoutMs) {
    try {
        if (test.via === 'service') {
            const path = `/api/v1/namespaces/${namespace}/services/${test.service}:${test.port}/proxy${test.path}`;
            const answer = await client.connection.open({ method: 'GET', path, accept: '*/*', doing: 'Smoke test', once: true, silenceMs: 10_000 });
            answer.resume();
            return { passed: true, said: `HTTP ${answer.statusCode}` };
        }
        const signal = AbortSignal.timeout(Math.min(timeoutMs, 10_000));
        const answer = await fetch(test.url, { redirect: 'manual', signal });
        await answer.body?.cancel();
        return { passed: answer.ok, said: `HTTP ${answer.status}` };
    }
    catch (error) {
        if (error instanceof api_error/* ApiError */.hD)
            return { passed: false, said: `HTTP ${error.status}: ${error.message.slice(0, 200)}` };
        const cause = error instanceof Error && error.cause ? ` (${(0,lib/* messageOf */.bD)(error.cause)})` : '';
        return { passed: false, said: `${(0,lib/* messageOf */.bD)(error)}${cause}` };
    }
}

// EXTERNAL MODULE: ./lib/source/order.js
var order = __webpack_require__(1420);
// EXTERNAL MODULE: ./lib/rollout/finding.js
var finding = __webpack_require__(75);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: ./lib/cluster/client.js + 1 modules
var cluster_client = __webpack_require__(8140);
// EXTERNAL MODULE: ./lib/cluster/tree.js
var tree = __webpack_require__(6413);
;// CONCATENATED MODULE: ./lib/cluster/watch.js








/** The server sends a bookmark about once a minute; silence longer than this is a dead connection. */
const SILENCE_MS = 90_000;
/** Objects are at most 1.5 MiB in etcd; a line holds one. */
const LINE_CHARACTERS = 8 * 1024 * 1024;
/**
 * Follows a collection until `signal` aborts: all of it once, then each change. A dropped connection goes on where it
 * was; a history that the server no longer has (410) begins again with all of it.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
async function follow(client, target, signal, onChange) {
    let version = '';
    for (let failures = 0; !signal.aborted;) {
        try {
            if (version === '') {
                const all = await client.list(target.resource, target.namespace, target);
                version = all.resourceVersion;
                onChange({ type: 'all', objects: all.items });
            }
            version = await readStream(client, target, version, signal, onChange);
            failures = 0;
            await (0,exec_kit_lib/* pause */.v7)(50, signal); // a server that ends every watch at once must not be asked in a tight loop
        }
        catch (error) {
            if (signal.aborted)
                return;
            if ((0,api_error/* hasStatus */.Ro)(error, 410))
                version = '';
            else if (error instanceof lib/* ActionError */.lZ)
                throw error;
            else
                failures++;
            (0,lib/* debug */.Yz)(`Watching ${target.resource.plural}: ${(0,lib/* messageOf */.bD)(error)}`);
            await (0,exec_kit_lib/* pause */.v7)(Math.min(2_000, 50 * 2 ** failures), signal);
        }
    }
}
/** Reads one watch to its end. @returns the version to go on from, empty when the history is gone */
async function readStream(client, target, from, signal, onChange) {
    const query = (0,cluster_client/* queryOf */.E)({
        labelSelector: target.labelSelector,
        fieldSelector: target.fieldSelector,
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: from,
        timeoutSeconds: '290',
    });
    const answer = await client.connection.open({
        method: 'GET',
        path: `${(0,kinds/* pathOf */.XM)(target.resource, target.namespace)}${query}`,
        doing: `Watching ${target.resource.plural}`,
        signal,
        silenceMs: SILENCE_MS,
    });
    let version = from;
    await eachLine(answer, (line) => {
        const event = (0,tree/* tree */.B2)(JSON.parse(line));
        if (event.type === 'ERROR') {
            const { status, message } = (0,api_error/* readWatchError */.ki)(event.object);
            if (status === 410)
                version = '';
            (0,lib/* debug */.Yz)(`The watch of ${target.resource.plural} ended: ${status} ${message}`);
            return false;
        }
        version = (0,tree/* string */.Yj)((0,tree.at)(event.object, 'metadata', 'resourceVersion')) || version;
        const object = event.type === 'BOOKMARK' ? undefined : (0,cluster_object/* asObject */.eB)(event.object);
        if (object)
            onChange({ type: event.type === 'DELETED' ? 'gone' : 'set', object });
        return true;
    }).catch((error) => {
        // What arrived before the connection broke has been handed on; the next stream begins after it.
        (0,lib/* debug */.Yz)(`The watch of ${target.resource.plural} broke: ${(0,lib/* messageOf */.bD)(error)}`);
    });
    return version;
}
/** Hands on each line until `take` says false or the answer ends. */
async function eachLine(answer, take) {
    let going = true;
    const splitter = new exec_kit_lib/* LineSplitter */.g3((line) => {
        if (going && line !== '')
            going = take(line);
    }, LINE_CHARACTERS);
    answer.on('data', (part) => {
        splitter.add(part);
        if (!going)
            answer.destroy();
    });
    await Promise.race([(0,external_node_events_.once)(answer, 'end'), (0,external_node_events_.once)(answer, 'close')]);
    if (going)
        splitter.end();
}

;// CONCATENATED MODULE: ./lib/rollout/image-pull.js
/** Words of containerd, CRI-O and the registries behind them, each with what it means. The first that fits counts. */
const PROBLEMS = [
    {
        words: /pull access denied|unauthorized|authentication required|no basic auth|\b401\b|\b403\b|denied|forbidden/i,
        problem: (image) => ({
            code: 'image-unauthorized',
            remedy: `The cluster may not pull from ${registryOf(image)}: name a pull secret in the pod's imagePullSecrets (or on its service account), make the package public, or check that the name is right: registries also answer so when there is no such repository.`,
            final: true,
        }),
    },
    {
        words: /not found|manifest unknown|name unknown|\b404\b|does not exist/i,
        problem: (image) => ({
            code: 'image-not-found',
            remedy: `Push ${image} before deploying it, and deploy the digest that the push gave; check the repository's name.`,
            final: true,
        }),
    },
    {
        words: /no match for platform|no matching manifest|exec format error/i,
        problem: (image) => ({
            code: 'image-platform',
            remedy: `Build ${repository(image)} for the platform of the nodes too (docker-build: platforms).`,
            final: true,
        }),
    },
    {
        words: /x509|certificate|server gave HTTP response to HTTPS client/i,
        problem: (image) => ({
            code: 'image-registry-tls',
            remedy: `The nodes do not trust ${registryOf(image)}: give their container runtime its certificate, or serve the registry over HTTPS.`,
            final: true,
        }),
    },
];
/** Reads what the kubelet says about a pull that failed. What is not recognised counts as passing: networks recover. */
function pullProblem(image, said) {
    const found = PROBLEMS.find(({ words }) => words.test(withoutImage(said, image)));
    const quoted = `image ${image} cannot be pulled${said === '' ? '' : `: ${innermost(said)}`}`;
    if (found)
        return { ...found.problem(image), message: quoted };
    return {
        code: 'image-pull',
        message: quoted,
        remedy: `See whether the nodes reach ${registryOf(image)}: name resolution, firewall, proxy, the registry's rate limit.`,
        final: false,
    };
}
/** An image may itself be called `not-found`; only what the registry says counts. */
function withoutImage(said, image) {
    return said.replaceAll(image, '').replaceAll(repository(image), '');
}
/** `rpc error: code = NotFound desc = failed to pull …: not found` → its last two clauses. */
function innermost(said) {
    const clauses = said.replace(/\s+/g, ' ').split(': ');
    return clauses.slice(-2).join(': ').slice(0, 300);
}
function repository(image) {
    return (image.split('@')[0] ?? image).replace(/:[^/:]*$/, '');
}
function registryOf(image) {
    const [first = ''] = image.split('/');
    return image.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

;// CONCATENATED MODULE: ./lib/rollout/containers.js


/** A network that fails is tried this long before the release counts as broken. */
const PULL_PATIENCE_MS = 90_000;
/** Everything wrong with a pod's containers. Pure: the same pod gives the same findings. */
function containerFindings(pod, warnings, place, rules) {
    return ['initContainerStatuses', 'containerStatuses']
        .flatMap((field) => (0,tree/* list */.p_)((0,tree.at)(pod, 'status', field)).map(tree/* tree */.B2))
        .flatMap((status) => {
        const problem = problemOf(pod, status, warnings, rules);
        if (problem === undefined)
            return [];
        return [{ ...place, ...problem, pod: pod.metadata.name, container: (0,tree/* string */.Yj)(status.name) }];
    });
}
function problemOf(pod, status, warnings, rules) {
    const waiting = (0,tree/* tree */.B2)((0,tree.at)(status, 'state', 'waiting'));
    const image = imageOf(pod, (0,tree/* string */.Yj)(status.name)) || (0,tree/* string */.Yj)(status.image);
    const said = (0,tree/* string */.Yj)(waiting.message);
    switch ((0,tree/* string */.Yj)(waiting.reason)) {
        case 'ErrImagePull':
        case 'ImagePullBackOff': {
            // The back-off's own message leaves out the reason on older kubelets; the event has it.
            const event = warnings.find(({ reason, message }) => reason === 'Failed' && message.includes(image))?.message ?? '';
            const { final, ...problem } = pullProblem(image, /: /.test(said) ? said : event || said);
            return { ...problem, patienceMs: final ? 0 : PULL_PATIENCE_MS };
        }
        case 'InvalidImageName':
            return {
                code: 'image-name',
                message: `'${image}' is not the name of an image`,
                remedy: 'Mend the image in the manifest: registry/repository:tag or registry/repository@sha256:…, lower case.',
                patienceMs: 0,
            };
        case 'ErrImageNeverPull':
            return {
                code: 'image-not-present',
                message: `image ${image} is not on the node, and imagePullPolicy is Never`,
                remedy: 'Set imagePullPolicy: IfNotPresent.',
                patienceMs: 0,
            };
        case 'CreateContainerConfigError':
            return configProblem(said, rules);
        case 'CreateContainerError':
        case 'RunContainerError':
            return startProblem(said);
    }
    return deathProblem(status, warnings, rules);
}
function configProblem(said, rules) {
    if (/runAsNonRoot|non-root|non-numeric user/.test(said)) {
        return {
            code: 'runs-as-root',
            message: said,
            remedy: "Give the image a numeric user (USER 10001 in the Dockerfile), or set securityContext.runAsUser.",
            patienceMs: 0,
        };
    }
    const missing = /(configmap|secret) "([^"]+)" not found|couldn't find key (\S+) in (ConfigMap|Secret) (\S+)/i.exec(said);
    const what = missing?.[1] ? `the ${missing[1]} ${missing[2]}` : missing ? `the key ${missing[3]} in ${missing[4]} ${missing[5]}` : '';
    return {
        code: 'container-config',
        message: said || 'its configuration cannot be put together',
        remedy: what
            ? `Add ${what} to the release, create it before deploying, or mark the reference 'optional: true'.`
            : 'Mend what the message names in the container of the manifest.',
        patienceMs: missing ? rules.appearMs : 0,
    };
}
/** @param said of the container runtime, which begins with its own internals */
function startProblem(said) {
    const short = said.replace(/\s+/g, ' ').split('OCI runtime create failed: ').at(-1)?.slice(0, 300) ?? said;
    const noProgram = /executable file not found|no such file or directory|permission denied/.test(said);
    return {
        code: 'container-start',
        message: `it cannot be started: ${short}`,
        remedy: noProgram
            ? "Check the image's ENTRYPOINT and the manifest's command: the program must be in the image, executable, and made for it (a script needs its interpreter)."
            : 'Mend what the container runtime names: mounts, devices and the security context are the usual ones.',
        patienceMs: noProgram ? 0 : 10_000,
    };
}
function deathProblem(status, warnings, rules) {
    const now = (0,tree/* tree */.B2)((0,tree.at)(status, 'state', 'terminated'));
    const last = Object.keys(now).length > 0 ? now : (0,tree/* tree */.B2)((0,tree.at)(status, 'lastState', 'terminated'));
    if (Object.keys(last).length === 0 || status.ready === true)
        return undefined;
    const isDown = last === now || (0,tree.at)(status, 'state', 'waiting') !== undefined;
    // A container that has ended well is an init container or a job's, unless it is being started again and again.
    if (last === now && (0,tree/* number */.ai)(now.exitCode) === 0 && (0,tree/* number */.ai)(status.restartCount) === 0)
        return undefined;
    if ((0,tree/* string */.Yj)(last.reason) === 'StartError' || (0,tree/* string */.Yj)(last.reason) === 'ContainerCannotRun')
        return startProblem((0,tree/* string */.Yj)(last.message));
    const deaths = (0,tree/* number */.ai)(status.restartCount) + (isDown ? 1 : 0);
    const isLooping = isDown && deaths >= rules.crashLoopThreshold && !rules.isJob;
    return { ...deathWords(last, deaths, warnings), patienceMs: isLooping ? 0 : undefined };
}
function deathWords(last, deaths, warnings) {
    const exit = (0,tree/* number */.ai)(last.exitCode);
    const times = deaths === 1 ? 'once' : `${deaths} times`;
    if (last.reason === 'OOMKilled') {
        return {
            code: 'out-of-memory',
            message: `it was killed ${times} for using more memory than its limit`,
            remedy: 'Raise resources.limits.memory, or make the program keep within it (for Node: --max-old-space-size).',
        };
    }
    const liveness = warnings.find(({ reason, message }) => reason === 'Unhealthy' && /^(Liveness|Startup)/.test(message));
    if (liveness && (exit === 137 || exit === 143)) {
        return {
            code: 'probe-kills',
            message: `the kubelet killed it ${times}: ${liveness.message.slice(0, 300)}`,
            remedy: 'Check the probe’s path and port; a program that starts slowly needs a startupProbe or a higher failureThreshold.',
        };
    }
    if (exit === 0) {
        return {
            code: 'ends-by-itself',
            message: `it ended by itself ${times} with exit code 0, and a service must keep running`,
            remedy: 'Let the program stay in the foreground, or make it a Job.',
        };
    }
    return {
        code: 'crash-loop',
        message: `it crashed ${times}; exit code ${exit}${exitMeaning(exit)}`,
        remedy: 'Its last log lines say why; mend that in the program or its configuration.',
    };
}
function exitMeaning(exit) {
    const meanings = {
        126: ' (the command is not executable)',
        127: ' (the command is not in the image)',
        134: ' (aborted)',
        137: ' (killed)',
        139: ' (segmentation fault)',
        143: ' (terminated)',
    };
    return meanings[exit] ?? '';
}
function imageOf(pod, container) {
    const containers = ['containers', 'initContainers'].flatMap((field) => (0,tree/* list */.p_)((0,tree.at)(pod, 'spec', field)).map(tree/* tree */.B2));
    return (0,tree/* string */.Yj)(containers.find(({ name }) => name === container)?.image);
}

;// CONCATENATED MODULE: ./lib/rollout/pods.js


const REVISION = 'deployment.kubernetes.io/revision';
/**
 * Sorts a workload's pods by revision. While the controller has not looked at the newest manifest nothing counts as
 * current: the pods there are belong to what ran before.
 */
function podsOf(workload, view) {
    const observed = (0,tree.at)(workload, 'status', 'observedGeneration');
    const isSeen = workload.kind === 'Job' || (0,tree/* number */.ai)(observed, -1) >= (0,tree/* number */.ai)(workload.metadata.generation);
    switch (workload.kind) {
        case 'Deployment':
            return podsOfDeployment(workload, view, isSeen);
        case 'StatefulSet':
            return byLabel(workload, view, isSeen, 'controller-revision-hash', (0,tree/* string */.Yj)((0,tree.at)(workload, 'status', 'updateRevision')));
        case 'DaemonSet':
            return byLabel(workload, view, isSeen, 'pod-template-generation', (0,cluster_object/* annotation */.w7)(workload, 'deprecated.daemonset.template.generation') || String(workload.metadata.generation));
        case 'Pod':
            return { current: [workload], old: [], replicaSet: undefined };
        default:
            return { current: ownedBy(workload, 'Pod', view), old: [], replicaSet: undefined };
    }
}
function podsOfDeployment(deployment, view, isSeen) {
    const sets = ownedBy(deployment, 'ReplicaSet', view);
    const revision = (0,cluster_object/* annotation */.w7)(deployment, REVISION);
    const replicaSet = isSeen ? sets.find((set) => (0,cluster_object/* annotation */.w7)(set, REVISION) === revision) : undefined;
    const current = replicaSet ? ownedBy(replicaSet, 'Pod', view) : [];
    const old = sets.filter((set) => set !== replicaSet).flatMap((set) => ownedBy(set, 'Pod', view));
    return { current: current.filter(isAlive), old, replicaSet };
}
function byLabel(workload, view, isSeen, label, value) {
    const pods = ownedBy(workload, 'Pod', view);
    const isCurrent = (pod) => isSeen && pod.metadata.labels?.[label] === value;
    return {
        current: pods.filter((pod) => isCurrent(pod) && isAlive(pod)),
        old: pods.filter((pod) => !isCurrent(pod)),
        replicaSet: undefined,
    };
}
function ownedBy(owner, kind, view) {
    const found = [];
    for (const object of view.ofKind(kind)) {
        if (object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid))
            found.push(object);
    }
    return found;
}
/** A pod on its way out tells nothing about the release. */
function isAlive(pod) {
    return pod.metadata.deletionTimestamp === undefined;
}

;// CONCATENATED MODULE: ./lib/rollout/progress.js



const READY = { ready: true, detail: 'ready' };
/**
 * Whether an object is what its manifest asks for, from its status alone. A status that is older than the manifest
 * (observedGeneration) says nothing yet.
 * Source: kstatus (kubernetes-sigs/cli-utils, pkg/kstatus), and `kubectl rollout status` for the apps kinds.
 */
function progressOf(object) {
    if ((0,cluster_object/* annotation */.w7)(object, `${cluster_object/* DOMAIN */.V2}/wait`) === 'false')
        return READY;
    const observed = (0,tree.at)(object, 'status', 'observedGeneration');
    if (typeof observed === 'number' && observed < (0,tree/* number */.ai)(object.metadata.generation)) {
        return { ready: false, detail: 'not looked at by its controller yet' };
    }
    const judge = JUDGES[object.kind];
    if (judge && (0,kinds/* isBuiltInGroup */.LE)(object.apiVersion))
        return judge(object);
    return (0,kinds/* isBuiltInGroup */.LE)(object.apiVersion) ? READY : customProgress(object);
}
/** Whether the kind has a notion of ready that is worth a watch. */
function isAwaited(object) {
    return object.kind in JUDGES || !(0,kinds/* isBuiltInGroup */.LE)(object.apiVersion);
}
const JUDGES = {
    Deployment: (object) => {
        const wanted = (0,tree/* number */.ai)((0,tree.at)(object, 'spec', 'replicas'), 1);
        const status = (0,tree/* tree */.B2)(object.status);
        if (status.observedGeneration === undefined)
            return unseen;
        const [total, updated, available] = [status.replicas, status.updatedReplicas, status.availableReplicas].map((n) => (0,tree/* number */.ai)(n));
        const old = (total ?? 0) - (updated ?? 0);
        return counted(available ?? 0, wanted, (updated ?? 0) >= wanted && (available ?? 0) >= wanted && old <= 0, old);
    },
    StatefulSet: (object) => {
        const wanted = (0,tree/* number */.ai)((0,tree.at)(object, 'spec', 'replicas'), 1);
        const status = (0,tree/* tree */.B2)(object.status);
        if (status.observedGeneration === undefined)
            return unseen;
        const ready = (0,tree/* number */.ai)(status.readyReplicas);
        if ((0,tree.at)(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
            return counted(ready, wanted, ready >= wanted, 0);
        const partition = (0,tree/* number */.ai)((0,tree.at)(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'));
        const isCurrent = status.currentRevision === status.updateRevision;
        const updated = isCurrent ? (0,tree/* number */.ai)(status.replicas) : (0,tree/* number */.ai)(status.updatedReplicas);
        const missing = Math.max(0, wanted - partition - updated);
        return counted(ready, wanted, ready >= wanted && missing === 0, isCurrent ? 0 : missing);
    },
    DaemonSet: (object) => {
        const status = (0,tree/* tree */.B2)(object.status);
        if (status.observedGeneration === undefined)
            return unseen;
        const wanted = (0,tree/* number */.ai)(status.desiredNumberScheduled);
        const available = (0,tree/* number */.ai)(status.numberAvailable);
        const onDelete = (0,tree.at)(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
        const old = onDelete ? 0 : wanted - (0,tree/* number */.ai)(status.updatedNumberScheduled);
        return counted(available, wanted, available >= wanted && old <= 0, old);
    },
    ReplicaSet: (object) => {
        const wanted = (0,tree/* number */.ai)((0,tree.at)(object, 'spec', 'replicas'), 1);
        const available = (0,tree/* number */.ai)((0,tree.at)(object, 'status', 'availableReplicas'));
        return counted(available, wanted, available >= wanted, 0);
    },
    Pod: (object) => {
        const isDone = (0,tree.at)(object, 'status', 'phase') === 'Succeeded';
        return { ready: isDone || (0,cluster_object/* conditionOf */.rI)(object, 'Ready')?.status === 'True', detail: (0,tree/* string */.Yj)((0,tree.at)(object, 'status', 'phase')) };
    },
    Job: (object) => {
        if ((0,tree.at)(object, 'spec', 'suspend') === true)
            return { ready: true, detail: 'suspended' };
        const wanted = (0,tree/* number */.ai)((0,tree.at)(object, 'spec', 'completions'), 1);
        const done = (0,tree/* number */.ai)((0,tree.at)(object, 'status', 'succeeded'));
        return { ready: (0,cluster_object/* conditionOf */.rI)(object, 'Complete')?.status === 'True', detail: `${done} of ${wanted} completed` };
    },
    PersistentVolumeClaim: (object) => {
        const phase = (0,tree/* string */.Yj)((0,tree.at)(object, 'status', 'phase'));
        return { ready: phase === 'Bound', detail: phase || 'unseen' };
    },
    Service: (object) => {
        if ((0,tree.at)(object, 'spec', 'type') !== 'LoadBalancer')
            return READY;
        const ready = (0,tree/* list */.p_)((0,tree.at)(object, 'status', 'loadBalancer', 'ingress')).length > 0;
        return { ready, detail: ready ? 'has an address' : 'waits for its load balancer' };
    },
    CustomResourceDefinition: (object) => {
        const ready = (0,cluster_object/* conditionOf */.rI)(object, 'Established')?.status === 'True';
        return { ready, detail: ready ? 'established' : 'not established' };
    },
};
const unseen = { ready: false, detail: 'not looked at by its controller yet' };
function counted(ready, wanted, isReady, old) {
    const rest = !isReady && old > 0 ? `, ${old} of the old ones left` : '';
    return { ready: isReady, detail: `${ready} of ${wanted} ready${rest}` };
}
/** A custom resource that has no conditions says nothing about itself, and counts as ready. */
function customProgress(object) {
    const ready = (0,cluster_object/* conditionOf */.rI)(object, 'Ready') ?? (0,cluster_object/* conditionOf */.rI)(object, 'Available');
    const busy = (0,cluster_object/* conditionOf */.rI)(object, 'Reconciling');
    if (busy?.status === 'True')
        return { ready: false, detail: (0,tree/* string */.Yj)(busy.message) || 'reconciling' };
    if (ready === undefined || ready.status === 'True')
        return READY;
    return { ready: false, detail: (0,tree/* string */.Yj)(ready.message) || `${(0,cluster_object/* groupOf */.F8)(object.apiVersion)} says it is not ready` };
}

;// CONCATENATED MODULE: ./lib/rollout/scheduling.js


/** What keeps a pod from getting a node, its volumes or its network. */
function placementFindings(pod, warnings, place, capacity) {
    const where = { ...place, pod: pod.metadata.name };
    const scheduled = (0,cluster_object/* conditionOf */.rI)(pod, 'PodScheduled');
    if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
        return [{ ...where, ...unschedulable((0,tree/* string */.Yj)(scheduled.message), capacity) }];
    }
    return warnings.flatMap(({ reason, message }) => {
        if (reason === 'FailedMount' && isMissing(message)) {
            return [
                {
                    ...where,
                    code: 'volume-source-missing',
                    message: `a volume cannot be mounted: ${shorten(message)}`,
                    remedy: 'Add the ConfigMap or Secret that the message names to the release, or mark the volume source optional.',
                    // The kubelet's first try may come before an object that was applied a moment earlier.
                    patienceMs: isRunning(pod) ? undefined : 3_000,
                },
            ];
        }
        if (reason === 'FailedMount' || reason === 'FailedAttachVolume' || reason === 'FailedCreatePodSandBox') {
            if (isRunning(pod))
                return [];
            return [
                {
                    ...where,
                    code: reason === 'FailedCreatePodSandBox' ? 'pod-sandbox' : 'volume',
                    message: shorten(message),
                    remedy: 'See the node it is on: its storage or network driver says more.',
                    patienceMs: undefined,
                },
            ];
        }
        return [];
    });
}
/** Source of the words: kubernetes/kubernetes, pkg/scheduler/framework/plugins. */
function unschedulable(said, capacity) {
    const message = `no node takes it: ${shorten(said.replace(/ preemption:.*$/s, ''))}`;
    const claim = /persistentvolumeclaim "([^"]+)" not found/.exec(said)?.[1];
    if (claim) {
        return {
            code: 'claim-missing',
            message,
            remedy: `Add the PersistentVolumeClaim ${claim} to the release, or mend the name.`,
            patienceMs: 3_000,
        };
    }
    if (/unbound immediate PersistentVolumeClaims/.test(said)) {
        return { code: 'claim-unbound', message, remedy: 'See why the claim gets no volume.', patienceMs: undefined };
    }
    const patienceMs = Math.max(capacity.nodeMs, capacity.settleMs);
    if (/Insufficient|Too many pods/.test(said)) {
        return {
            code: 'no-capacity',
            message,
            remedy: 'Ask for less (resources.requests), run fewer replicas, or add nodes.',
            patienceMs,
        };
    }
    return {
        code: 'no-fitting-node',
        message,
        remedy: 'Mend nodeSelector, affinity, tolerations or topologySpreadConstraints: no node that there is satisfies them.',
        patienceMs,
    };
}
function isMissing(message) {
    return /(configmap|secret) "[^"]+" not found|references non-existent (config|secret) key/.test(message);
}
function isRunning(pod) {
    return (0,cluster_object/* conditionOf */.rI)(pod, 'Initialized')?.status === 'True' && (0,cluster_object/* conditionOf */.rI)(pod, 'ContainersReady')?.status === 'True';
}
function shorten(text) {
    return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}

;// CONCATENATED MODULE: ./lib/rollout/workload.js


/** What the controllers say about the workload itself: pods they may not make, deadlines, jobs past their back-off. */
function workloadFindings(workload, pods, warnings, settleMs) {
    const found = [];
    const refused = refusalOf(workload, pods, warnings);
    if (refused !== undefined)
        found.push(creationProblem(refused, settleMs));
    const progressing = (0,cluster_object/* conditionOf */.rI)(workload, 'Progressing');
    if (workload.kind === 'Deployment' && progressing?.reason === 'ProgressDeadlineExceeded' && isSeen(workload)) {
        found.push({
            code: 'progress-deadline',
            message: (0,tree/* string */.Yj)(progressing.message) || 'its progress deadline passed',
            remedy: 'See what its pods wait for; a slow start needs a longer progressDeadlineSeconds.',
            patienceMs: 0,
        });
    }
    const failed = workload.kind === 'Job' ? (0,cluster_object/* conditionOf */.rI)(workload, 'Failed') : undefined;
    if (failed?.status === 'True') {
        found.push({
            code: 'job-failed',
            message: `the job failed (${(0,tree/* string */.Yj)(failed.reason)}): ${(0,tree/* string */.Yj)(failed.message)}`,
            remedy: 'The log of its last pod says why.',
            patienceMs: 0,
        });
    }
    if (workload.kind === 'PersistentVolumeClaim')
        found.push(...claimProblems(workload, warnings));
    const stalled = (0,cluster_object/* conditionOf */.rI)(workload, 'Stalled');
    if (stalled?.status === 'True') {
        found.push({
            code: 'stalled',
            message: (0,tree/* string */.Yj)(stalled.message) || 'its controller says that it is stalled',
            remedy: 'Mend what the message of its Stalled condition names.',
            patienceMs: 0,
        });
    }
    return found;
}
function isSeen(workload) {
    return (0,tree/* number */.ai)((0,tree.at)(workload, 'status', 'observedGeneration')) >= (0,tree/* number */.ai)(workload.metadata.generation);
}
/** What the API server said when the controller tried to make a pod; undefined when the last try went well. */
function refusalOf(workload, pods, warnings) {
    const owner = workload.kind === 'Deployment' ? pods.replicaSet : workload;
    const condition = owner && (0,cluster_object/* conditionOf */.rI)(owner, 'ReplicaFailure');
    if (condition?.status === 'True')
        return (0,tree/* string */.Yj)(condition.message);
    if (workload.kind === 'Deployment' || pods.current.length > 0)
        return undefined;
    // StatefulSets, DaemonSets and Jobs have no such condition: only their events tell.
    return warnings.find(({ reason }) => reason === 'FailedCreate')?.message;
}
/** Source of the words: quota, LimitRanger, PodSecurity and webhook admission plugins of the API server. */
function creationProblem(said, settleMs) {
    const message = `its pods are refused: ${said.replace(/\s+/g, ' ').slice(0, 400)}`;
    if (/exceeded quota/.test(said)) {
        return {
            code: 'quota',
            message,
            remedy: 'Raise the ResourceQuota of the namespace, or ask for less: smaller requests, fewer replicas, a smaller maxSurge.',
            patienceMs: settleMs,
        };
    }
    if (/failed quota.*must specify/.test(said)) {
        return { code: 'quota', message, remedy: 'Set the requests and limits that the quota asks for on every container.', patienceMs: 0 };
    }
    if (/violates PodSecurity/.test(said)) {
        return {
            code: 'pod-security',
            message,
            remedy: "Meet the namespace's Pod Security level: the message lists each field to set.",
            patienceMs: 0,
        };
    }
    if (/serviceaccount "[^"]+" not found/.test(said)) {
        return { code: 'service-account-missing', message, remedy: 'Add the ServiceAccount to the release.', patienceMs: 3_000 };
    }
    if (/webhook/.test(said) && !/failed calling webhook/.test(said)) {
        return { code: 'webhook-refused', message, remedy: 'Satisfy the rule of the admission webhook that the message names.', patienceMs: 0 };
    }
    if (/failed calling webhook/.test(said)) {
        return { code: 'webhook-down', message, remedy: 'See whether the pods of the admission webhook run.', patienceMs: 30_000 };
    }
    return { code: 'pod-refused', message, remedy: 'Mend the field that the message names in the pod template.', patienceMs: 3_000 };
}
function claimProblems(claim, warnings) {
    if ((0,tree.at)(claim, 'status', 'phase') === 'Bound')
        return [];
    return warnings.flatMap(({ reason, message }) => {
        if (reason === 'ProvisioningFailed') {
            return [{ code: 'claim-unbound', message, remedy: 'Check storageClassName and what its provisioner says.', patienceMs: 20_000 }];
        }
        if (reason === 'FailedBinding') {
            return [
                { code: 'claim-unbound', message, remedy: 'Name a storageClassName that the cluster has, or make one the default.', patienceMs: 10_000 },
            ];
        }
        return [];
    });
}

;// CONCATENATED MODULE: ./lib/rollout/assess.js







const OWNERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet', 'Pod']);
/** Room that is about to be freed is waited for; room that is not, hardly. */
const SETTLE_MS = { leaving: 30_000, still: 2_000 };
/**
 * Where each object of the release stands, and what is in its way. Pure: the view in, the standings out.
 * @param applied the objects as the server answered when they were applied: uid and generation say what to wait for
 */
function assess(applied, view, rules) {
    return applied.map((target) => standingOf(target, view, rules));
}
function standingOf(target, view, rules) {
    const object = view.find(target.metadata.uid ?? '');
    if (object === undefined)
        return { object: target, ready: false, detail: 'not to be seen', findings: [] };
    if ((0,tree/* number */.ai)(object.metadata.generation) < (0,tree/* number */.ai)(target.metadata.generation)) {
        return { object, ready: false, detail: 'an older version is to be seen', findings: [] };
    }
    const { ready, detail } = progressOf(object);
    if (isWaitingForConsumer(object, view))
        return { object, ready: true, detail: 'waits for its first pod', findings: [] };
    return { object, ready, detail, findings: ready ? [] : findingsOf(object, view, rules) };
}
function findingsOf(object, view, rules) {
    const place = { workload: (0,cluster_object/* labelOf */.Wy)(object), namespace: object.metadata.namespace ?? '' };
    const none = { current: [], old: [], replicaSet: undefined };
    const pods = OWNERS.has(object.kind) ? podsOf(object, view) : none;
    const settleMs = isSettling(object, pods, view) ? SETTLE_MS.leaving : SETTLE_MS.still;
    const own = workloadFindings(object, pods, view.warningsOf(object), settleMs).map((problem) => ({ ...place, ...problem }));
    const ofPods = pods.current.flatMap((pod) => {
        const warnings = view.warningsOf(pod);
        return [
            ...containerFindings(pod, warnings, place, { ...rules, isJob: object.kind === 'Job' }),
            ...placementFindings(pod, warnings, place, { nodeMs: rules.nodeMs, settleMs }),
            ...probeFindings(pod, warnings.find(({ reason }) => reason === 'Unhealthy')?.message, place),
        ];
    });
    return [...own, ...ofPods];
}
/** A pod that runs and is not ready is slow until the time is up; then this is the reason. */
function probeFindings(pod, said, place) {
    const ready = (0,cluster_object/* conditionOf */.rI)(pod, 'ContainersReady');
    if (said === undefined || ready?.status !== 'False' || (0,tree.at)(pod, 'status', 'phase') !== 'Running')
        return [];
    return [
        {
            ...place,
            code: 'not-ready',
            pod: pod.metadata.name,
            message: `it runs, and its probe fails: ${said.slice(0, 300)}`,
            remedy: 'Check the readiness probe’s path and port, and what the program waits for (a database, a migration).',
            patienceMs: undefined,
        },
    ];
}
/** Whether pods are about to make room: some are ending, or the controller may still end old ones. */
function isSettling(object, pods, view) {
    if (pods.old.length > 0 && mayRemoveOld(object))
        return true;
    for (const pod of view.ofKind('Pod'))
        if (pod.metadata.deletionTimestamp !== undefined)
            return true;
    return false;
}
/** Whether a rolling update may take old pods away before new ones are ready (maxUnavailable, rounded down). */
function mayRemoveOld(object) {
    if (object.kind !== 'Deployment')
        return true;
    if ((0,tree.at)(object, 'spec', 'strategy', 'type') === 'Recreate')
        return true;
    const limit = (0,tree.at)(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%';
    const replicas = (0,tree/* number */.ai)((0,tree.at)(object, 'spec', 'replicas'), 1);
    return typeof limit === 'number' ? limit > 0 : Math.floor((Number.parseInt((0,tree/* string */.Yj)(limit), 10) / 100) * replicas) > 0;
}
/** A claim whose class binds late has nothing to wait for until a pod uses it. */
function isWaitingForConsumer(object, view) {
    if (object.kind !== 'PersistentVolumeClaim' || (0,tree.at)(object, 'status', 'phase') !== 'Pending')
        return false;
    return view.warningsOf(object).some(({ reason }) => reason === 'WaitForFirstConsumer');
}

;// CONCATENATED MODULE: ./lib/rollout/autoscaler.js


const NODES = (0,kinds/* builtIn */.wx)('v1', 'Node');
/** How long an autoscaler may take to bring a node, and how long we wait where there can be none. */
const NODE_MS = { possible: 60_000, impossible: 2_000 };
/**
 * Milliseconds that pods may wait for a node. A cluster of machines from a cloud may have an autoscaler; one of plain
 * machines has none. Whoever may not look at nodes (a deployer seldom may) has to wait.
 */
async function nodePatienceMs(client) {
    try {
        const answer = await client.connection.json({ method: 'GET', path: `${(0,kinds/* pathOf */.XM)(NODES, undefined)}?limit=20`, doing: 'Looking at the nodes' });
        const cloudy = (0,tree/* list */.p_)((0,tree/* tree */.B2)(answer).items).some((node) => isFromCloud((0,tree/* string */.Yj)((0,tree.at)(node, 'spec', 'providerID'))));
        return cloudy ? NODE_MS.possible : NODE_MS.impossible;
    }
    catch {
        return NODE_MS.possible;
    }
}
/** `aws:///eu-central-1a/i-…`; kind, k3s, kwok and kubeadm machines have none that a node group could grow. */
function isFromCloud(providerId) {
    return providerId !== '' && !/^(kind|k3s|kwok):/.test(providerId);
}

;// CONCATENATED MODULE: ./lib/rollout/patience.js
/**
 * Remembers since when each finding stands, and says which have outlasted their patience. A finding is the same one as
 * long as workload, container and kind are: a pod that is replaced by another with the same trouble does not start anew.
 */
class Patience {
    #since = new Map();
    /** @param nowMs any clock that only goes forward */
    outlasted(findings, nowMs) {
        const since = new Map();
        for (const finding of findings) {
            const key = keyOf(finding);
            since.set(key, this.#since.get(key) ?? nowMs);
        }
        this.#since = since;
        return findings.filter(({ patienceMs, ...finding }) => {
            const begun = since.get(keyOf(finding)) ?? nowMs;
            return patienceMs !== undefined && nowMs - begun >= patienceMs;
        });
    }
    /** Milliseconds until the next finding will have outlasted its patience; undefined when none can. */
    nextMs(findings, nowMs) {
        const left = findings.flatMap(({ patienceMs, ...finding }) => {
            const begun = this.#since.get(keyOf(finding));
            return patienceMs === undefined || begun === undefined ? [] : [Math.max(0, begun + patienceMs - nowMs)];
        });
        return left.length === 0 ? undefined : Math.min(...left);
    }
}
function keyOf({ code, workload, namespace, container }) {
    return [code, namespace, workload, container].join('|');
}

;// CONCATENATED MODULE: ./lib/rollout/view.js

/** What the watches have shown so far: the only thing that verdicts are made from. */
class View {
    #objects = new Map();
    #warnings = new Map();
    #sinceMs;
    /** @param since older warnings about workloads belong to an earlier rollout, and do not count */
    constructor(since) {
        this.#sinceMs = since.getTime() - TIMESTAMP_MS;
    }
    /** @param stream names the watch, so that a fresh list replaces what that watch had shown, and nothing else */
    take(stream, change) {
        if (change.type === 'all') {
            const fresh = new Map();
            for (const object of change.objects)
                this.#put(fresh, object);
            this.#objects.set(stream, fresh);
            return;
        }
        const shown = this.#objects.get(stream) ?? new Map();
        this.#objects.set(stream, shown);
        if (change.type === 'gone')
            shown.delete(uidOf(change.object));
        else
            this.#put(shown, change.object);
    }
    #put(shown, object) {
        if (object.kind === 'Event')
            this.#warn(object);
        else
            shown.set(uidOf(object), slim(object));
    }
    #warn(event) {
        const about = (0,tree/* tree */.B2)(event.involvedObject);
        const uid = (0,tree/* string */.Yj)(about.uid);
        const reason = (0,tree/* string */.Yj)(event.reason);
        // A pod is of one revision only, so all its warnings count; a workload's may be of any.
        if (about.kind !== 'Pod' && whenMs(event) < this.#sinceMs)
            return;
        const byReason = this.#warnings.get(uid) ?? new Map();
        this.#warnings.set(uid, byReason);
        const count = typeof event.count === 'number' ? event.count : 1;
        byReason.set(reason, { reason, message: (0,tree/* string */.Yj)(event.message), count });
    }
    *ofKind(kind) {
        for (const shown of this.#objects.values()) {
            for (const object of shown.values())
                if (object.kind === kind)
                    yield object;
        }
    }
    find(uid) {
        for (const shown of this.#objects.values()) {
            const found = shown.get(uid);
            if (found)
                return found;
        }
        return undefined;
    }
    warningsOf(object) {
        return [...(this.#warnings.get(uidOf(object))?.values() ?? [])];
    }
}
/** Events of the core API have whole seconds. */
const TIMESTAMP_MS = 1_500;
function whenMs(event) {
    const when = (0,tree/* string */.Yj)(event.lastTimestamp) || (0,tree/* string */.Yj)(event.eventTime) || (0,tree/* string */.Yj)(event.metadata.creationTimestamp);
    return Date.parse(when) || 0;
}
function uidOf(object) {
    return object.metadata.uid ?? '';
}
/** Without what no verdict looks at: of a thousand pods, it is most of their bytes. */
function slim(object) {
    const { managedFields: _managed, annotations, ...metadata } = object.metadata;
    if (object.kind !== 'Pod')
        return { ...object, metadata: { ...metadata, ...(annotations && { annotations }) } };
    const spec = (0,tree/* tree */.B2)(object.spec);
    const names = (field) => (0,tree/* list */.p_)(field).map((container) => {
        const { name, image, restartPolicy } = (0,tree/* tree */.B2)(container);
        return { name, image, restartPolicy };
    });
    return {
        apiVersion: object.apiVersion,
        kind: object.kind,
        metadata,
        spec: {
            nodeName: spec.nodeName,
            restartPolicy: spec.restartPolicy,
            containers: names(spec.containers),
            initContainers: names(spec.initContainers),
        },
        status: object.status,
    };
}

;// CONCATENATED MODULE: ./lib/rollout/wait.js











/** How long an operator that was told of a Secret may take to make it. */
const APPEAR_MS = 60_000;
const CONTROLLERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet', 'Pod']);
/**
 * Waits by watching until every object is ready, one cannot become ready, or the time is up.
 * @param applied as the server answered when they were applied
 * @throws ActionError when the API is lost, or 'interrupted' when the signal is raised
 */
async function waitForRollout(client, applied, options) {
    const awaited = applied.filter(isAwaited);
    const done = { verdict: 'ready', findings: [], unready: [], moments: [], durationMs: 0 };
    if (awaited.length === 0)
        return done;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, options.signal]);
    try {
        return await watchUntilDecided(client, awaited, options, signal);
    }
    finally {
        stop.abort();
    }
}
async function watchUntilDecided(client, awaited, options, signal) {
    const began = performance.now();
    const view = new View(client.connection.now());
    const targets = await watchTargets(client, awaited, options.selector);
    const unsynced = new Set(targets.map((_, index) => index));
    const story = new Story();
    const patience = new Patience();
    let nodeMs = NODE_MS.possible;
    let asked = false;
    return new Promise((resolve, reject) => {
        let timer;
        let due = false;
        const finish = (verdict, findings, standings) => {
            clearTimeout(timer);
            const unready = standings.filter(({ ready }) => !ready);
            resolve({ verdict, findings, unready, moments: story.moments, durationMs: performance.now() - began });
        };
        const decide = () => {
            due = false;
            clearTimeout(timer);
            if (signal.aborted)
                return reject(interrupted());
            const now = performance.now();
            const rules = { crashLoopThreshold: options.crashLoopThreshold, appearMs: options.hasMakers ? APPEAR_MS : 0, nodeMs };
            const standings = assess(awaited, view, rules);
            story.tell(standings, now - began);
            if (unsynced.size === 0 && standings.every(({ ready }) => ready))
                return finish('ready', [], standings);
            const findings = standings.flatMap((standing) => standing.findings);
            if (!asked && findings.some(({ code }) => code === 'no-capacity' || code === 'no-fitting-node')) {
                asked = true;
                void nodePatienceMs(client).then((ms) => {
                    nodeMs = ms;
                    decideSoon();
                });
            }
            const broken = patience.outlasted(findings, now);
            if (broken.length > 0)
                return finish('broken', broken, standings);
            const leftMs = options.timeoutMs - (now - began);
            if (leftMs <= 0)
                return finish('slow', findings, standings);
            timer = setTimeout(decide, Math.min(leftMs, patience.nextMs(findings, now) ?? leftMs) + 1);
        };
        // Changes come in bursts; one look at the end of a burst costs as much as one look at each of its changes.
        const decideSoon = () => {
            if (due)
                return;
            due = true;
            setTimeout(decide, 20);
        };
        signal.addEventListener('abort', () => decide(), { once: true });
        targets.forEach((target, index) => {
            follow(client, target, signal, (change) => {
                view.take(String(index), change);
                unsynced.delete(index);
                decideSoon();
            }).catch(reject);
        });
        decideSoon();
    });
}
/** The collections to watch: the release's own objects by label, and what their controllers make of them. */
async function watchTargets(client, awaited, labelSelector) {
    const targets = new Map();
    const add = (apiVersion, kind, namespace, selection) => {
        const key = (0,cluster_object/* keyOf */.TN)({ apiVersion, kind, name: '', ...(namespace !== undefined && { namespace }) });
        const resource = (0,kinds/* builtIn */.wx)(apiVersion, kind);
        if (resource && !targets.has(key))
            targets.set(key, { resource, namespace, ...selection });
    };
    for (const object of awaited) {
        const { namespace } = object.metadata;
        if (!(0,kinds/* isBuiltInGroup */.LE)(object.apiVersion)) {
            const resource = await client.resource(object.apiVersion, object.kind);
            targets.set((0,cluster_object/* keyOf */.TN)({ ...object, name: '', ...(namespace !== undefined && { namespace }) }), { resource, namespace, labelSelector });
        }
        else if (object.kind !== 'Pod')
            add(object.apiVersion, object.kind, namespace, { labelSelector });
    }
    const workloads = awaited.filter(({ kind }) => CONTROLLERS.has(kind));
    const hasClaims = new Set(awaited.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.namespace));
    for (const { kind, metadata } of [...workloads, ...awaited.filter((o) => o.kind === 'PersistentVolumeClaim')]) {
        if (CONTROLLERS.has(kind))
            add('v1', 'Pod', metadata.namespace, {});
        if (kind === 'Deployment')
            add('apps/v1', 'ReplicaSet', metadata.namespace, {});
        add('v1', 'Event', metadata.namespace, hasClaims.has(metadata.namespace) ? {} : { fieldSelector: 'type=Warning' });
    }
    return [...targets.values()];
}
/** Tells each change of an object's standing once, in the log and for the summary. */
class Story {
    moments = [];
    #told = new Map();
    tell(standings, atMs) {
        for (const { object, detail, findings } of standings) {
            const [worst] = findings.toSorted((a, b) => (a.patienceMs ?? Infinity) - (b.patienceMs ?? Infinity));
            const text = worst ? `${detail}; ${(0,finding/* sentence */.e)(worst).slice((0,cluster_object/* labelOf */.Wy)(object).length + 2)}` : detail;
            const key = (0,cluster_object/* keyOf */.TN)(object);
            if (this.#told.get(key) === text)
                continue;
            this.#told.set(key, text);
            this.moments.push({ atMs, object: (0,cluster_object/* labelOf */.Wy)(object), detail: text });
            (0,lib/* info */.pq)(`${(0,lib/* formatDuration */.a3)(atMs).padStart(9)}  ${(0,cluster_object/* labelOf */.Wy)(object)}: ${text}`);
        }
    }
}
function interrupted() {
    return new lib/* ActionError */.lZ('interrupted', 'The rollout was interrupted before its end was known.', {
        remedy: 'Run the job again: it finds the revision that was left half-way and carries on from there.',
    });
}

;// CONCATENATED MODULE: ./lib/release/roll-out.js









/** What a release did, however it ended. Filled as it goes, so that a failure halfway can be told and undone. */
class Rollout {
    applied = [];
    moments = [];
    smoke = [];
    /** Why the release is bad; undefined while nothing says so. */
    failure;
    get changed() {
        return this.applied.filter(({ action }) => action !== 'unchanged' && action !== 'kept').length;
    }
}
/** Failures in which the cluster's state is not known: nothing may be decided from them, least of all a rollback. */
const UNKNOWN = new Set(['unreachable', 'interrupted']);
/**
 * Applies the objects wave by wave, waits for each wave, and tests the whole. A bad release is told in
 * `rollout.failure`; thrown is only what leaves the state unknown.
 */
async function rollOut(site, objects, rollout, options) {
    const began = performance.now();
    try {
        await site.client.apply((0,apply_set/* parentObject */.cM)(site.release, site.namespace, objects), { force: true });
        for (const wave of (0,order/* inWaves */.I)(objects)) {
            const applied = await (0,lib/* group */.Os)(`Apply ${wave.objects.length} objects`, () => applyWave(site, wave.objects, objects, rollout, options));
            const leftMs = site.inputs.timeoutMs - (performance.now() - began);
            const result = await (0,lib/* group */.Os)('Wait until it is ready', () => waitForRollout(site.client, applied, {
                timeoutMs: Math.max(1_000, leftMs),
                crashLoopThreshold: site.inputs.crashLoopThreshold,
                selector: site.selector,
                hasMakers: objects.some(({ apiVersion }) => !(0,kinds/* isBuiltInGroup */.LE)(apiVersion)),
                signal: options.signal,
            }));
            rollout.moments.push(...result.moments);
            if (result.verdict !== 'ready') {
                rollout.failure = failureOf(result);
                return;
            }
        }
    }
    catch (error) {
        if (!(error instanceof lib/* ActionError */.lZ) || UNKNOWN.has(error.code) || options.signal.aborted)
            throw error;
        rollout.failure = { reason: error.message, remedy: error.remedy, findings: [] };
        return;
    }
    if (options.withSmokeTests)
        await smoke(site, rollout, options.signal);
}
async function applyWave(site, wave, release, rollout, options) {
    const applied = [];
    await (0,apply/* applyAll */.y)(site.client, wave, {
        force: options.force,
        dryRun: false,
        release,
        live: options.live,
        onApplied: (one) => {
            rollout.applied.push(one);
            if (one.after)
                applied.push(one.after);
            (0,lib/* info */.pq)(`${one.action.padEnd(9)} ${(0,cluster_object/* labelOf */.Wy)(one.ref)}`);
        },
    });
    return applied;
}
async function smoke(site, rollout, signal) {
    const { smokeTests, smokeTimeoutMs } = site.inputs;
    if (smokeTests.length === 0)
        return;
    rollout.smoke = await (0,lib/* group */.Os)('Smoke tests', () => runSmokeTests(smokeTests, site.client, site.namespace, smokeTimeoutMs, signal));
    const bad = rollout.smoke.find(({ passed }) => !passed);
    if (bad) {
        rollout.failure = {
            reason: `the smoke test ${bad.test.label} failed: ${bad.detail}`,
            remedy: 'Ask that address by hand and read the log of the service; a test that needs longer has smoke-timeout.',
            findings: [],
        };
    }
}
function failureOf(result) {
    const [first] = result.findings;
    if (result.verdict === 'broken' && first) {
        return { reason: (0,finding/* sentence */.e)(first), remedy: first.remedy, findings: result.findings };
    }
    const waiting = result.unready.map(({ object, detail }) => `${(0,cluster_object/* labelOf */.Wy)(object)} (${detail})`).join(', ');
    return {
        reason: `not ready after ${(0,lib/* formatDuration */.a3)(result.durationMs)}: ${waiting}${first ? `; ${(0,finding/* sentence */.e)(first)}` : ''}`,
        remedy: first?.remedy ?? "Give it more time with 'timeout', or see what its pods wait for.",
        findings: result.findings,
    };
}


/***/ }),

/***/ 1142:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   P: () => (/* binding */ restore),
/* harmony export */   t: () => (/* binding */ undo)
/* harmony export */ });
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _apply_observe_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8967);
/* harmony import */ var _apply_prune_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4515);
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1430);
/* harmony import */ var _roll_out_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9658);





/**
 * Puts a good revision back: all of its objects, taking away what the bad one created, and waits for it exactly as for
 * a release. A Job is not run again: what it did is done.
 */
async function undo(site, good, bad, signal) {
    const rollout = new _roll_out_js__WEBPACK_IMPORTED_MODULE_3__/* .Rollout */ .m();
    await (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .group */ .Os)(`Go back to revision ${good.number}`, async () => (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq)(`from revision ${bad.number}`));
    await restore(site, good, [bad], rollout, signal);
    return { done: true, to: good.number, rollout };
}
/** Applies a revision's objects over those of later ones. A failure is told in `rollout.failure`. */
async function restore(site, good, later, rollout, signal) {
    const objects = good.objects.filter(isRestorable);
    const live = await (0,_apply_observe_js__WEBPACK_IMPORTED_MODULE_1__/* .observe */ .l)(site.client, objects, site.applySet);
    // Forced, because what is restored was ours; a field that somebody took over since is part of what went wrong.
    await (0,_roll_out_js__WEBPACK_IMPORTED_MODULE_3__/* .rollOut */ .O)(site, objects, rollout, { live, force: true, signal, withSmokeTests: false });
    if (rollout.failure)
        return;
    const kept = new Set(good.objects.map(_cluster_object_js__WEBPACK_IMPORTED_MODULE_4__/* .keyOf */ .TN));
    const extra = later.flatMap(({ created }) => created).filter((ref) => !kept.has((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_4__/* .keyOf */ .TN)(ref)));
    const distinct = [...new Map(extra.map((ref) => [(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_4__/* .keyOf */ .TN)(ref), ref])).values()];
    const deleted = await (0,_apply_prune_js__WEBPACK_IMPORTED_MODULE_2__/* .deleteObjects */ .Uw)(site.client, distinct, site.applySet, { dryRun: false });
    for (const one of deleted)
        (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq)(`${one.action.padEnd(9)} ${(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_4__/* .labelOf */ .Wy)(one.ref)}`);
    rollout.applied.push(...deleted);
}
function isRestorable({ kind }) {
    return kind !== 'Job';
}


/***/ }),

/***/ 8760:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   u: () => (/* binding */ writeReport)
/* harmony export */ });
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _apply_difference_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3973);
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1430);
/* harmony import */ var _release_record_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2309);
/* harmony import */ var _rollout_finding_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(75);





const TITLES = {
    deployed: '🟢 deployed',
    unchanged: '🟢 unchanged',
    'rolled-back': '🟠 rolled back',
    failed: '🔴 failed',
};
/** Writes the job summary: what happened first, then why, then what changed, then how to go back. */
async function writeReport(site, report) {
    await (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .writeSummary */ .Sy)([
        headSection(site, report),
        ...failureSections(report),
        ...(await changeSections(report)),
        ...timelineSection('Rollout', report.rollout),
        ...(report.undoing?.done ? timelineSection('Going back', report.undoing.rollout) : []),
        ...smokeSection(report.rollout),
        ...wayBackSection(report),
    ]);
}
function headSection(site, { result, revision, rollout, leftovers }) {
    const url = site.inputs.environmentUrl;
    const facts = [
        ['Release', `${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code(site.release)} in ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code(site.namespace)}`],
        ['Revision', _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(String(revision))],
        ['Objects', `${rollout.changed} of ${rollout.applied.length} changed`],
        ...site.inputs.images.map(({ name, reference }) => [`Image ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(name)}`, _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code(reference)]),
        ...(url === '' ? [] : [['Address', _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.link(url, url)]]),
        ...(leftovers.length === 0
            ? []
            : [['No longer in the manifests', `${leftovers.map((ref) => _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_3__/* .labelOf */ .Wy)(ref))).join(', ')} (add ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code('prune: true')} to delete)`]]),
        ['API requests', String(site.client.connection.requests)],
    ];
    return {
        title: 'result',
        body: `${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.heading(2, `${TITLES[result]}: ${site.release}`)}\n\n${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.table(['', ''], facts)}`,
        priority: 10,
    };
}
function failureSections({ rollout, evidence = [], undoing }) {
    if (!rollout.failure)
        return [];
    const { reason, remedy } = rollout.failure;
    const after = undoing === undefined ? '' : undoing.done ? afterUndoing(undoing) : undoing.why;
    const head = [`**Why:** ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(reason)}`, `**What to do:** ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(remedy)}`, after && `**Now:** ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(after)}`];
    return [
        { title: 'reason', body: head.filter(Boolean).join('\n\n'), priority: 9 },
        ...evidence.map((one) => ({ title: `evidence of ${one.finding.workload}`, body: evidenceBody(one), priority: 8 })),
    ];
}
function afterUndoing(undoing) {
    const { failure } = undoing.rollout;
    return failure
        ? `going back to revision ${undoing.to} failed too: ${failure.reason}`
        : `revision ${undoing.to} was put back and is ready again.`;
}
function evidenceBody({ finding, previousLog, log, events }) {
    const parts = [
        log && `Last lines of its log:\n\n${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.codeBlock(log, 'text')}`,
        previousLog && `Last lines of the run before:\n\n${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.codeBlock(previousLog, 'text')}`,
        events.length > 0 && `Events:\n\n${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.codeBlock(events.join('\n'), 'text')}`,
    ].filter(Boolean);
    return _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.details((0,_rollout_finding_js__WEBPACK_IMPORTED_MODULE_4__/* .sentence */ .e)(finding), parts.join('\n\n') || 'There is no log and no event.');
}
/** Differences shown; the count is in the head, and a release of hundreds of objects is not read one by one. */
const SHOWN_CHANGES = 50;
async function changeSections({ rollout }) {
    const changed = rollout.applied.filter(({ action }) => action !== 'unchanged');
    const shown = await Promise.all(changed.slice(0, SHOWN_CHANGES).map(async (one) => {
        const difference = one.action === 'changed' ? await (0,_apply_difference_js__WEBPACK_IMPORTED_MODULE_1__/* .differenceOf */ .P)(one) : '';
        const title = `${one.action} ${(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_3__/* .labelOf */ .Wy)(one.ref)}`;
        return difference === '' ? `- ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(title)}` : _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.details(title, _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.codeBlock(difference, 'diff'));
    }));
    if (shown.length === 0)
        return [];
    const more = changed.length - shown.length;
    const body = [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
    return [{ title: 'changes', body: `${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.heading(3, 'Changes')}\n\n${body}`, priority: 4 }];
}
function timelineSection(title, rollout) {
    if (rollout.moments.length === 0)
        return [];
    const rows = rollout.moments
        .slice(-60)
        .map(({ atMs, object, detail }) => [(0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(atMs), _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code(object), _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(detail)]);
    return [{ title, body: _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.details(`${title}, as it went`, _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.table(['After', 'Object', ''], rows)), priority: 3 }];
}
function smokeSection({ smoke }) {
    if (smoke.length === 0)
        return [];
    const rows = smoke.map(({ test, passed, detail }) => [passed ? '✅' : '❌', _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code(test.label), _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.text(detail)]);
    return [{ title: 'smoke tests', body: _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.table(['', 'Smoke test', ''], rows), priority: 6 }];
}
function wayBackSection({ previous, result }) {
    if (!previous || result === 'rolled-back')
        return [];
    const body = `Run this action with ${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.code('mode: rollback')}, or with nothing but kubectl:\n\n${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.codeBlock((0,_release_record_js__WEBPACK_IMPORTED_MODULE_2__/* .rollbackCommand */ .Ct)(previous), 'sh')}`;
    return [{ title: 'the way back', body: _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.details(`Back to revision ${previous.number}`, body), priority: 2 }];
}


/***/ }),

/***/ 5917:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ gatherEvidence)
/* harmony export */ });
/* harmony import */ var _cluster_client_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8140);
/* harmony import */ var _cluster_kinds_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7130);
/* harmony import */ var _cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6413);



const PODS = (0,_cluster_kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .builtIn */ .wx)('v1', 'Pod');
const EVENTS = (0,_cluster_kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .builtIn */ .wx)('v1', 'Event');
/** What is read of each log, in lines and bytes. */
const LOG = { lines: 40, bytes: 64 * 1024 };
/** Findings whose evidence is fetched: ten crashing replicas tell no more than two. */
const SHOWN = 3;
/** Gathers evidence for the worst findings, one of each workload and container. What cannot be read stays empty. */
async function gatherEvidence(client, findings) {
    const distinct = new Map();
    for (const finding of findings) {
        const key = [finding.code, finding.workload, finding.container].join('|');
        if (!distinct.has(key))
            distinct.set(key, finding);
    }
    return Promise.all([...distinct.values()].slice(0, SHOWN).map((finding) => evidenceOf(client, finding)));
}
async function evidenceOf(client, finding) {
    const [previousLog, log, events] = await Promise.all([
        readLog(client, finding, true),
        readLog(client, finding, false),
        readEvents(client, finding),
    ]);
    // A container in back-off has no newer log than the previous one's; the kubelet then gives the same for both.
    return { finding, previousLog: previousLog === log ? '' : previousLog, log, events };
}
async function readLog(client, finding, previous) {
    if (finding.pod === undefined)
        return '';
    const query = (0,_cluster_client_js__WEBPACK_IMPORTED_MODULE_0__/* .queryOf */ .E)({
        container: finding.container,
        previous: previous ? 'true' : '',
        tailLines: String(LOG.lines),
        limitBytes: String(LOG.bytes),
    });
    const path = `${(0,_cluster_kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .pathOf */ .XM)(PODS, finding.namespace, finding.pod)}/log${query}`;
    return client.connection
        .bytes({ method: 'GET', path, accept: 'text/plain, */*', doing: 'Reading a log' })
        .then((bytes) => bytes.toString('utf8').trimEnd())
        .catch(() => '');
}
async function readEvents(client, finding) {
    const [kind = '', name = ''] = finding.workload.split(' ');
    const about = finding.pod === undefined ? { kind, name } : { kind: 'Pod', name: finding.pod };
    const fieldSelector = `involvedObject.kind=${about.kind},involvedObject.name=${about.name}`;
    try {
        const { items } = await client.list(EVENTS, finding.namespace, { fieldSelector });
        return items
            .toSorted((a, b) => (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)(a.lastTimestamp).localeCompare((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)(b.lastTimestamp)))
            .slice(-12)
            .map((event) => {
            const times = (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .number */ .ai)(event.count, 1);
            return `${(0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)(event.type)} ${(0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)(event.reason)}${times > 1 ? ` (×${times})` : ''}: ${(0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)(event.message) || (0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__/* .string */ .Yj)((0,_cluster_tree_js__WEBPACK_IMPORTED_MODULE_2__.at)(event, 'note'))}`;
        });
    }
    catch {
        return [];
    }
}


/***/ }),

/***/ 75:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ sentence)
/* harmony export */ });
/** The finding in a sentence with its place. */
function sentence(finding) {
    const place = [
        finding.container === undefined ? '' : `container ${finding.container} of `,
        finding.pod === undefined ? '' : `pod ${finding.pod}: `,
    ].join('');
    return `${finding.workload}: ${place}${finding.message}`;
}


/***/ })

};
