export const id = 494;
export const ids = [494];
export const modules = {

/***/ 1494:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   rollback: () => (/* binding */ rollback),
/* harmony export */   targetOf: () => (/* binding */ targetOf)
/* harmony export */ });
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _deploy_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1657);
/* harmony import */ var _github_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7789);
/* harmony import */ var _prepare_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3420);
/* harmony import */ var _release_history_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(894);
/* harmony import */ var _release_lease_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4252);
/* harmony import */ var _release_record_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(2309);
/* harmony import */ var _release_roll_out_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(9658);
/* harmony import */ var _release_undo_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(1142);
/* harmony import */ var _rollout_evidence_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(5917);
/* harmony import */ var _report_js__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(8760);











/** Puts an earlier revision back as a new one, so that history only grows. */
async function rollback(site, outputs) {
    const lease = await (0,_release_lease_js__WEBPACK_IMPORTED_MODULE_5__/* .takeLease */ ._)(site.client, (0,_deploy_js__WEBPACK_IMPORTED_MODULE_1__.holderOf)(site));
    try {
        const signal = AbortSignal.any([site.cancelled, lease.lost]);
        const history = await _release_history_js__WEBPACK_IMPORTED_MODULE_4__/* .History */ .B.read(site.client, site.release, site.namespace);
        const target = targetOf(history, site.inputs.revision);
        await (0,_prepare_js__WEBPACK_IMPORTED_MODULE_3__/* .askPermissions */ .Y)(site, target.objects, false);
        await goBack(site, history, target, outputs, signal);
    }
    catch (error) {
        outputs.set('reason', (0,_deploy_js__WEBPACK_IMPORTED_MODULE_1__.firstLine)(error instanceof Error ? error.message : String(error)));
        throw error;
    }
    finally {
        await lease.release();
    }
}
async function goBack(site, history, target, outputs, signal) {
    const from = history.lastGood;
    const later = history.revisions.filter(({ number }) => number > target.number);
    (0,_fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq)(`Going back to revision ${target.number} of ${site.release} (${target.about.commit.slice(0, 12)}).`);
    const record = await (0,_github_js__WEBPACK_IMPORTED_MODULE_2__/* .openRecord */ .C)(site);
    const revision = await history.keep({
        ...target,
        number: history.nextNumber,
        state: 'pending',
        created: [],
        about: { ...target.about, run: site.run.runUrl, startedAt: site.client.connection.now().toISOString() },
    });
    const rollout = new _release_roll_out_js__WEBPACK_IMPORTED_MODULE_7__/* .Rollout */ .m();
    await (0,_release_undo_js__WEBPACK_IMPORTED_MODULE_8__/* .restore */ .P)(site, target, later, rollout, signal);
    outputs.set('changed', rollout.changed);
    outputs.set('previous-revision', from ? String(from.number) : '');
    if (rollout.failure) {
        const { reason, remedy, findings } = rollout.failure;
        const evidence = await (0,_rollout_evidence_js__WEBPACK_IMPORTED_MODULE_9__/* .gatherEvidence */ .h)(site.client, findings);
        await history.mark(revision, 'failed', reason);
        await record.end('failure', reason);
        await (0,_report_js__WEBPACK_IMPORTED_MODULE_10__/* .writeReport */ .u)(site, { result: 'failed', revision: revision.number, previous: from, rollout, evidence, leftovers: [] });
        throw new _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('rollback-failed', `Going back to revision ${target.number} failed: ${reason}`, { remedy });
    }
    for (const one of later)
        if (one.state === 'good' || one.state === 'pending')
            await history.mark(one, 'undone');
    await history.mark(revision, 'good');
    await history.forgetOld();
    await record.end('success', `back to revision ${target.number}`);
    outputs.set('result', 'rolled-back');
    outputs.set('revision', String(revision.number));
    outputs.set('rollback-command', from ? (0,_release_record_js__WEBPACK_IMPORTED_MODULE_6__/* .rollbackCommand */ .Ct)(from) : '');
    await (0,_report_js__WEBPACK_IMPORTED_MODULE_10__/* .writeReport */ .u)(site, { result: 'rolled-back', revision: revision.number, previous: from, rollout, leftovers: [] });
}
/**
 * The revision to go back to: the one asked for, else the last good one before what runs.
 * @throws ActionError 'no-revision' with those that there are
 */
function targetOf(history, asked) {
    const current = history.lastGood;
    const found = asked === undefined
        ? history.revisions.find(({ state, number }) => state === 'good' && number < (current?.number ?? 0))
        : history.find(asked);
    if (found)
        return found;
    const list = history.revisions.map(({ number, state }) => `${number} (${state})`).join(', ');
    throw new _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('no-revision', asked === undefined
        ? `There is no good revision of '${history.release}' in '${history.namespace}' before the present one.`
        : `There is no revision ${asked} of '${history.release}' in '${history.namespace}'.`, {
        remedy: list === ''
            ? "Nothing was ever released under this name here: check 'release' and 'namespace'."
            : `Name one with 'revision:'. Kept are: ${list}.`,
    });
}


/***/ })

};
