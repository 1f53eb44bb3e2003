export const id = 492;
export const ids = [492];
export const modules = {

/***/ 4492:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   preview: () => (/* binding */ preview),
/* harmony export */   previewSections: () => (/* binding */ previewSections)
/* harmony export */ });
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _apply_apply_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6070);
/* harmony import */ var _apply_difference_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3973);
/* harmony import */ var _apply_observe_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8967);
/* harmony import */ var _apply_prune_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(4515);
/* harmony import */ var _cluster_api_error_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(9610);
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(1430);
/* harmony import */ var _github_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(7789);
/* harmony import */ var _prepare_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(3420);
/* harmony import */ var _release_history_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(894);










/** Shows what a deployment would change, by a dry run on the server. Nothing is touched, no lease is taken. */
async function preview(site, outputs) {
    const objects = await (0,_prepare_js__WEBPACK_IMPORTED_MODULE_7__/* .prepareObjects */ .q)(site, true);
    const changes = await (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .group */ .Os)('Compare with the cluster', () => compare(site, objects));
    const changed = changes.filter(({ action }) => action !== 'unchanged' && action !== 'kept');
    for (const { action, ref } of changed)
        (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq)(`${action.padEnd(9)} ${(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .labelOf */ .Wy)(ref)}`);
    const sections = await previewSections(site, changes);
    await (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .writeSummary */ .Sy)(sections);
    await (0,_github_js__WEBPACK_IMPORTED_MODULE_6__/* .comment */ .I)(site, (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .fitSections */ .WK)(sections, _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .COMMENT_CHARACTERS */ .db - 200).text);
    outputs.set('result', 'diff');
    outputs.set('changed', changed.length);
}
async function compare(site, objects) {
    const namespace = await site.client.get({ apiVersion: 'v1', kind: 'Namespace', name: site.namespace }).catch((error) => {
        if ((0,_cluster_api_error_js__WEBPACK_IMPORTED_MODULE_5__/* .hasStatus */ .Ro)(error, 403))
            return 'hidden';
        throw error;
    });
    // The server cannot try anything in a namespace that is not there yet: then all of it is new.
    if (namespace === undefined)
        return objects.map((object) => ({ ref: (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .refOf */ .H8)(object), action: 'created', before: undefined, after: object }));
    const [live, history] = await Promise.all([
        (0,_apply_observe_js__WEBPACK_IMPORTED_MODULE_3__/* .observe */ .l)(site.client, objects, site.applySet),
        _release_history_js__WEBPACK_IMPORTED_MODULE_8__/* .History */ .B.read(site.client, site.release, site.namespace),
    ]);
    const changes = [];
    const defined = definedKinds(objects);
    const [testable, unknown] = partition(objects, ({ kind }) => !defined.has(kind));
    await (0,_apply_apply_js__WEBPACK_IMPORTED_MODULE_1__/* .applyAll */ .y)(site.client, testable, {
        force: site.inputs.forceConflicts,
        dryRun: true,
        release: objects,
        live,
        onApplied: (one) => changes.push(one),
    });
    for (const object of unknown)
        changes.push({ ref: (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .refOf */ .H8)(object), action: 'created', before: undefined, after: object });
    const earlier = (0,_apply_prune_js__WEBPACK_IMPORTED_MODULE_4__/* .leftBehind */ .aU)(history.revisions.flatMap((revision) => revision.objects), objects);
    if (site.inputs.prune)
        changes.push(...(await (0,_apply_prune_js__WEBPACK_IMPORTED_MODULE_4__/* .deleteObjects */ .Uw)(site.client, earlier, site.applySet, { dryRun: true })));
    const order = new Map(objects.map((object, index) => [(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .labelOf */ .Wy)(object), index]));
    return changes.toSorted((a, b) => (order.get((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .labelOf */ .Wy)(a.ref)) ?? Infinity) - (order.get((0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .labelOf */ .Wy)(b.ref)) ?? Infinity));
}
function definedKinds(objects) {
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    return new Set(definitions.map((crd) => crd.spec.names.kind));
}
function partition(items, test) {
    return [items.filter(test), items.filter((item) => !test(item))];
}
/** The difference as Markdown: a line a reviewer reads first, then each object's own difference. */
async function previewSections(site, changes) {
    const count = (action) => changes.filter((change) => change.action === action).length;
    const parts = [
        [count('created'), 'to create'],
        [count('changed'), 'to change'],
        [count('deleted'), 'to delete'],
        [count('unchanged'), 'unchanged'],
    ].flatMap(([n, what]) => (n === 0 ? [] : `${n} ${what}`));
    const sections = [
        {
            body: `${_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.heading(3, `${site.release} in ${site.namespace}: ${parts.join(', ') || 'nothing'}`)}`,
            priority: 9,
            title: 'counts',
        },
    ];
    for (const change of changes) {
        if (change.action === 'unchanged' || change.action === 'kept')
            continue;
        const difference = await (0,_apply_difference_js__WEBPACK_IMPORTED_MODULE_2__/* .differenceOf */ .P)(change);
        const priority = change.action === 'deleted' ? 7 : change.action === 'changed' ? 5 : 3;
        sections.push({
            title: (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .labelOf */ .Wy)(change.ref),
            body: _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.details(`${change.action.replace(/d$/, '')}: ${(0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_9__/* .labelOf */ .Wy)(change.ref)}`, _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__.md.codeBlock(difference, 'diff')),
            priority,
        });
    }
    return sections;
}


/***/ })

};
