export const id = 788;
export const ids = [788];
export const modules = {

/***/ 3622:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A3: () => (/* binding */ applySetId),
/* harmony export */   Cv: () => (/* binding */ inApplySet),
/* harmony export */   O5: () => (/* binding */ parentRef),
/* harmony export */   cM: () => (/* binding */ parentObject),
/* harmony export */   em: () => (/* binding */ PART_OF)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _cluster_object_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1430);


/** The label that says to which set an object belongs. Source: KEP-3659, kubectl's ApplySet specification. */
const PART_OF = 'applyset.kubernetes.io/part-of';
/** The Secret that stands for a release's set of objects. */
function parentRef(release, namespace) {
    return { apiVersion: 'v1', kind: 'Secret', name: `fairway.${release}`, namespace };
}
/** `applyset-<base64url of the SHA-256 of name.namespace.kind.group>-v1`, as the specification says. */
function applySetId(parent) {
    const identity = [parent.name, parent.namespace ?? '', parent.kind, (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)(parent.apiVersion)].join('.');
    return `applyset-${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(identity).digest('base64url')}-v1`;
}
function inApplySet(object, id) {
    return {
        ...object,
        metadata: { ...object.metadata, labels: { ...object.metadata.labels, [PART_OF]: id } },
    };
}
/** The parent with what the specification asks for, so that `kubectl apply --applyset` understands it too. */
function parentObject(release, namespace, objects) {
    const parent = parentRef(release, namespace);
    const kinds = new Set(objects.map(({ apiVersion, kind }) => [kind, (0,_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)(apiVersion)].filter(Boolean).join('.')));
    const others = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    others.delete(namespace);
    return {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
            name: parent.name,
            namespace,
            labels: { 'app.kubernetes.io/managed-by': 'fairway', 'applyset.kubernetes.io/id': applySetId(parent) },
            annotations: {
                'applyset.kubernetes.io/tooling': 'fairway/v1',
                'applyset.kubernetes.io/contains-group-kinds': [...kinds].sort().join(','),
                ...(others.size > 0 && { 'applyset.kubernetes.io/additional-namespaces': [...others].sort().join(',') }),
            },
        },
        type: `${_cluster_object_js__WEBPACK_IMPORTED_MODULE_1__/* .DOMAIN */ .V2}/apply-set`,
    };
}


/***/ }),

/***/ 9610:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ro: () => (/* binding */ hasStatus),
/* harmony export */   hD: () => (/* binding */ ApiError),
/* harmony export */   ki: () => (/* binding */ readWatchError),
/* harmony export */   ni: () => (/* binding */ readRefusal)
/* harmony export */ });
/* harmony import */ var _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7031);
/* harmony import */ var _tree_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6413);


/** What an API server said when it refused. Source: the Status kind of meta/v1. */
class ApiError extends _fairway_action_kit__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ {
    /** The HTTP status; 0 when no answer came. */
    status;
    /** Kubernetes' own word for it: `Conflict`, `Invalid`, `Forbidden` … */
    reason;
    causes;
    constructor(answer, doing) {
        super('api-refused', `${doing}: ${answer.message}`, { remedy: remedyFor(answer.status, answer.message) });
        this.status = answer.status;
        this.reason = answer.reason;
        this.causes = answer.causes;
    }
}
/** Reads an error answer; a body that is no Status (from a proxy in between) is quoted in short. */
function readRefusal(status, body, doing) {
    const parsed = (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .tree */ .B2)(parse(body));
    const isStatus = parsed.kind === 'Status';
    const message = isStatus ? (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .string */ .Yj)(parsed.message) : body.toString('utf8').replace(/\s+/g, ' ').slice(0, 300);
    const causes = (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .list */ .p_)((0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .tree */ .B2)(parsed.details).causes)
        .map(_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .tree */ .B2)
        .map((cause) => ({
        reason: (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .string */ .Yj)(cause.reason),
        message: (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .string */ .Yj)(cause.message),
        field: (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .string */ .Yj)(cause.field),
    }));
    return new ApiError({ status, reason: (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .string */ .Yj)(parsed.reason), message: message || `HTTP ${status}`, causes }, doing);
}
/** The refusal inside a watch's ERROR event. */
function readWatchError(object) {
    const status = (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .tree */ .B2)(object);
    return { status: (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .number */ .ai)(status.code), message: (0,_tree_js__WEBPACK_IMPORTED_MODULE_1__/* .string */ .Yj)(status.message) };
}
function hasStatus(error, ...statuses) {
    return error instanceof ApiError && statuses.includes(error.status);
}
function parse(body) {
    try {
        return JSON.parse(body.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
function remedyFor(status, message) {
    if (status === 401) {
        return 'The cluster does not know these credentials: the token has expired or belongs to another cluster. Renew the kubeconfig secret, or use the cloud’s short-lived credentials (OIDC).';
    }
    if (status === 403) {
        if (/exceeded quota/.test(message))
            return 'Raise the ResourceQuota of the namespace, or ask for less in the manifests.';
        return 'Give the deploying account the permission that the message names, with a Role and RoleBinding in that namespace.';
    }
    if (status === 404 && /namespaces? "/.test(message)) {
        return "The namespace does not exist. Create it with your infrastructure, or add 'create-namespace: true'.";
    }
    if (status === 404)
        return 'Check that the kind and its version exist in this cluster: a CustomResourceDefinition may be missing.';
    if (status === 409)
        return 'Something else changed it at the same time. Run the job again.';
    if (status === 422 || status === 400)
        return 'Mend the field that the message names in the manifest.';
    if (/webhook/.test(message))
        return 'An admission webhook refused or did not answer: satisfy its rule, or see whether its pods run.';
    return 'See whether the API server is healthy, and run the job again.';
}


/***/ }),

/***/ 8140:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  B: () => (/* binding */ KubeClient),
  E: () => (/* binding */ queryOf)
});

// EXTERNAL MODULE: ./lib/cluster/api-error.js
var api_error = __webpack_require__(9610);
// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
// EXTERNAL MODULE: ./lib/cluster/kinds.js
var kinds = __webpack_require__(7130);
// EXTERNAL MODULE: ./lib/cluster/tree.js
var tree = __webpack_require__(6413);
;// CONCATENATED MODULE: ./lib/cluster/discovery.js




/**
 * How a kind is addressed: known for Kubernetes' own, asked of the server for others (one request a group version).
 * @throws ActionError 'unknown-kind'
 */
async function discover(connection, apiVersion, kind) {
    const known = (0,kinds/* builtIn */.wx)(apiVersion, kind);
    if (known)
        return known;
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const answer = await connection.json({ method: 'GET', path, doing: `Looking up ${kind}` }).catch((error) => {
        if ((0,api_error/* hasStatus */.Ro)(error, 404))
            return {};
        throw error;
    });
    const found = (0,tree/* list */.p_)((0,tree/* tree */.B2)(answer).resources)
        .map(tree/* tree */.B2)
        .find((resource) => resource.kind === kind && !(0,tree/* string */.Yj)(resource.name).includes('/'));
    if (found === undefined) {
        throw new lib/* ActionError */.lZ('unknown-kind', `The cluster has no kind ${kind} in ${apiVersion}.`, {
            remedy: 'Install the operator or CustomResourceDefinition that defines it first, or put the definition into the same release; check the spelling of apiVersion and kind.',
        });
    }
    return { apiVersion, kind, plural: (0,tree/* string */.Yj)(found.name), namespaced: found.namespaced === true };
}

// EXTERNAL MODULE: ./lib/cluster/object.js
var cluster_object = __webpack_require__(1430);
;// CONCATENATED MODULE: ./lib/cluster/client.js





/** The few verbs of the Kubernetes API that a deployment needs. */
class KubeClient {
    connection;
    #resources = new Map();
    constructor(connection) {
        this.connection = connection;
    }
    /** How the API addresses a kind. @throws ActionError 'unknown-kind' */
    resource(apiVersion, kind) {
        const key = `${apiVersion} ${kind}`;
        const known = this.#resources.get(key) ?? discover(this.connection, apiVersion, kind);
        this.#resources.set(key, known);
        known.catch(() => this.#resources.delete(key)); // a CRD of this very release may come to be
        return known;
    }
    async get(ref) {
        const path = await this.#path(ref);
        try {
            return (0,cluster_object/* asObject */.eB)(await this.connection.json({ method: 'GET', path, doing: `Reading ${(0,cluster_object/* labelOf */.Wy)(ref)}` }));
        }
        catch (error) {
            if ((0,api_error/* hasStatus */.Ro)(error, 404))
                return undefined;
            throw error;
        }
    }
    /** Everything of a kind, in pages of 500. */
    async list(resource, namespace, selection = {}) {
        const items = [];
        for (let next = '';;) {
            const query = queryOf({ ...selection, limit: '500', continue: next });
            const path = `${(0,kinds/* pathOf */.XM)(resource, namespace)}${query}`;
            const page = (0,tree/* tree */.B2)(await this.connection.json({ method: 'GET', path, doing: `Listing ${resource.plural}` }));
            for (const item of (0,tree/* list */.p_)(page.items)) {
                // Items of a list carry neither apiVersion nor kind.
                const object = (0,cluster_object/* asObject */.eB)({ apiVersion: resource.apiVersion, kind: resource.kind, ...(0,tree/* tree */.B2)(item) });
                if (object)
                    items.push(object);
            }
            const meta = (0,tree/* tree */.B2)(page.metadata);
            next = (0,tree/* string */.Yj)(meta.continue);
            if (next === '')
                return { items, resourceVersion: (0,tree/* string */.Yj)(meta.resourceVersion) };
        }
    }
    /** Server-side apply. @throws ApiError with reason 'Conflict' when another manager owns a field and `force` is off */
    async apply(object, options) {
        const query = queryOf({
            fieldManager: cluster_object/* FIELD_MANAGER */.vy,
            force: String(options.force),
            fieldValidation: 'Strict',
            dryRun: options.dryRun ? 'All' : '',
        });
        return this.#write('PATCH', `${await this.#path(object)}${query}`, object, 'application/apply-patch+yaml', 'Applying');
    }
    async create(object) {
        const resource = await this.resource(object.apiVersion, object.kind);
        const path = `${(0,kinds/* pathOf */.XM)(resource, object.metadata.namespace)}?fieldManager=${cluster_object/* FIELD_MANAGER */.vy}`;
        return this.#write('POST', path, object, 'application/json', 'Creating');
    }
    /** Replaces the whole object; with a resourceVersion in it, only if nobody changed it meanwhile (else 409). */
    async replace(object) {
        const path = `${await this.#path(object)}?fieldManager=${cluster_object/* FIELD_MANAGER */.vy}`;
        return this.#write('PUT', path, object, 'application/json', 'Updating');
    }
    /** @returns false when there was nothing to delete */
    async delete(ref, options = {}) {
        const preconditions = { ...options };
        try {
            await this.connection.bytes({
                method: 'DELETE',
                path: await this.#path(ref),
                body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions },
                doing: `Deleting ${(0,cluster_object/* labelOf */.Wy)(ref)}`,
            });
            return true;
        }
        catch (error) {
            if ((0,api_error/* hasStatus */.Ro)(error, 404))
                return false;
            throw error;
        }
    }
    async #write(method, path, body, contentType, verb) {
        const doing = `${verb} ${(0,cluster_object/* labelOf */.Wy)(body)}`;
        const answer = await this.connection.json({ method, path, body, contentType, doing });
        return (0,cluster_object/* asObject */.eB)(answer) ?? body;
    }
    async #path(object) {
        const resource = await this.resource(object.apiVersion, object.kind);
        const { name, namespace } = 'metadata' in object ? object.metadata : object;
        return (0,kinds/* pathOf */.XM)(resource, namespace, name);
    }
}
/** A query string of what is not empty. */
function queryOf(parameters) {
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
    return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}


/***/ }),

/***/ 7130:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   LE: () => (/* binding */ isBuiltInGroup),
/* harmony export */   XM: () => (/* binding */ pathOf),
/* harmony export */   wx: () => (/* binding */ builtIn)
/* harmony export */ });
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1430);

/**
 * The kinds that come with Kubernetes itself, so that a usual deployment needs no discovery requests at all.
 * Source: `kubectl api-resources` of 1.34. A plural begins with '/' where the kind has no namespace.
 */
const BUILT_IN = {
    '': {
        ConfigMap: 'configmaps',
        Endpoints: 'endpoints',
        Event: 'events',
        LimitRange: 'limitranges',
        Namespace: '/namespaces',
        Node: '/nodes',
        PersistentVolume: '/persistentvolumes',
        PersistentVolumeClaim: 'persistentvolumeclaims',
        Pod: 'pods',
        PodTemplate: 'podtemplates',
        ReplicationController: 'replicationcontrollers',
        ResourceQuota: 'resourcequotas',
        Secret: 'secrets',
        Service: 'services',
        ServiceAccount: 'serviceaccounts',
    },
    'admissionregistration.k8s.io': {
        MutatingWebhookConfiguration: '/mutatingwebhookconfigurations',
        ValidatingAdmissionPolicy: '/validatingadmissionpolicies',
        ValidatingAdmissionPolicyBinding: '/validatingadmissionpolicybindings',
        ValidatingWebhookConfiguration: '/validatingwebhookconfigurations',
    },
    'apiextensions.k8s.io': { CustomResourceDefinition: '/customresourcedefinitions' },
    'apiregistration.k8s.io': { APIService: '/apiservices' },
    apps: {
        ControllerRevision: 'controllerrevisions',
        DaemonSet: 'daemonsets',
        Deployment: 'deployments',
        ReplicaSet: 'replicasets',
        StatefulSet: 'statefulsets',
    },
    autoscaling: { HorizontalPodAutoscaler: 'horizontalpodautoscalers' },
    batch: { CronJob: 'cronjobs', Job: 'jobs' },
    'coordination.k8s.io': { Lease: 'leases' },
    'discovery.k8s.io': { EndpointSlice: 'endpointslices' },
    'networking.k8s.io': { Ingress: 'ingresses', IngressClass: '/ingressclasses', NetworkPolicy: 'networkpolicies' },
    policy: { PodDisruptionBudget: 'poddisruptionbudgets' },
    'rbac.authorization.k8s.io': {
        ClusterRole: '/clusterroles',
        ClusterRoleBinding: '/clusterrolebindings',
        Role: 'roles',
        RoleBinding: 'rolebindings',
    },
    'scheduling.k8s.io': { PriorityClass: '/priorityclasses' },
    'storage.k8s.io': { CSIDriver: '/csidrivers', StorageClass: '/storageclasses' },
};
function builtIn(apiVersion, kind) {
    const plural = BUILT_IN[(0,_object_js__WEBPACK_IMPORTED_MODULE_0__/* .groupOf */ .F8)(apiVersion)]?.[kind];
    if (plural === undefined)
        return undefined;
    const namespaced = !plural.startsWith('/');
    return { apiVersion, kind, plural: namespaced ? plural : plural.slice(1), namespaced };
}
function isBuiltInGroup(apiVersion) {
    return (0,_object_js__WEBPACK_IMPORTED_MODULE_0__/* .groupOf */ .F8)(apiVersion) in BUILT_IN;
}
/** The path of a collection, or of one object in it. */
function pathOf(resource, namespace, name) {
    const root = resource.apiVersion.includes('/') ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
    const place = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${root}${place}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}


/***/ }),

/***/ 1430:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F8: () => (/* binding */ groupOf),
/* harmony export */   H8: () => (/* binding */ refOf),
/* harmony export */   TN: () => (/* binding */ keyOf),
/* harmony export */   V2: () => (/* binding */ DOMAIN),
/* harmony export */   Wy: () => (/* binding */ labelOf),
/* harmony export */   eB: () => (/* binding */ asObject),
/* harmony export */   rI: () => (/* binding */ conditionOf),
/* harmony export */   vy: () => (/* binding */ FIELD_MANAGER),
/* harmony export */   w7: () => (/* binding */ annotation)
/* harmony export */ });
/* harmony import */ var _tree_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6413);

/** The domain of every label and annotation that Fairway writes. */
const DOMAIN = 'fairway-ci.github.io';
/** The one field manager under which Fairway applies. */
const FIELD_MANAGER = 'fairway';
function refOf(object) {
    const { name, namespace } = object.metadata;
    return { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace !== undefined && { namespace }) };
}
function groupOf(apiVersion) {
    return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
/** One text an object, whatever version of its API names it. */
function keyOf(object) {
    const ref = 'metadata' in object ? refOf(object) : object;
    return [groupOf(ref.apiVersion), ref.kind, ref.namespace ?? '', ref.name].join('|');
}
/** `Deployment photo-app`, for people. */
function labelOf(object) {
    const ref = 'metadata' in object ? refOf(object) : object;
    return `${ref.kind} ${ref.name}`;
}
function annotation(object, name) {
    return (0,_tree_js__WEBPACK_IMPORTED_MODULE_0__/* .string */ .Yj)(object.metadata.annotations?.[name]);
}
function conditionOf(object, type) {
    return (0,_tree_js__WEBPACK_IMPORTED_MODULE_0__/* .list */ .p_)((0,_tree_js__WEBPACK_IMPORTED_MODULE_0__.at)(object, 'status', 'conditions'))
        .map(_tree_js__WEBPACK_IMPORTED_MODULE_0__/* .tree */ .B2)
        .find((condition) => condition.type === type);
}
/** @returns undefined for what has no apiVersion, kind and name as text */
function asObject(value) {
    const { apiVersion, kind, metadata } = (0,_tree_js__WEBPACK_IMPORTED_MODULE_0__/* .tree */ .B2)(value);
    const { name } = (0,_tree_js__WEBPACK_IMPORTED_MODULE_0__/* .tree */ .B2)(metadata);
    const isObject = typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
    return isObject && name !== '' ? value : undefined;
}


/***/ }),

/***/ 6413:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B2: () => (/* binding */ tree),
/* harmony export */   Yj: () => (/* binding */ string),
/* harmony export */   ai: () => (/* binding */ number),
/* harmony export */   at: () => (/* binding */ at),
/* harmony export */   p_: () => (/* binding */ list)
/* harmony export */ });
function tree(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
function list(value) {
    return Array.isArray(value) ? value : [];
}
function string(value) {
    return typeof value === 'string' ? value : '';
}
function number(value, fallback = 0) {
    return typeof value === 'number' ? value : fallback;
}
/** What stands at a path of object keys; undefined where the path ends early. */
function at(value, ...path) {
    return path.reduce((inner, key) => tree(inner)[key], value);
}


/***/ }),

/***/ 3788:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
// EXTERNAL MODULE: ./lib/apply/apply-set.js
var apply_set = __webpack_require__(3622);
// EXTERNAL MODULE: ./lib/cluster/client.js + 1 modules
var client = __webpack_require__(8140);
// EXTERNAL MODULE: ../../packages/exec-kit/lib/index.js + 6 modules
var exec_kit_lib = __webpack_require__(7181);
// EXTERNAL MODULE: ./lib/cluster/api-error.js
var api_error = __webpack_require__(9610);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
;// CONCATENATED MODULE: ./lib/cluster/proxy.js

/**
 * The proxy to the API server: the kubeconfig's own, else HTTPS_PROXY (HTTP_PROXY for plain http) unless NO_PROXY names
 * the host. The same order as client-go. Entries of NO_PROXY match a host, its subdomains, or `*`.
 * @throws ActionError 'bad-kubeconfig' for a proxy that is not http or https
 */
function proxyFor(server, configured, env) {
    const variable = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    const fromEnv = bypasses(server.hostname, env) ? undefined : env[variable] || env[variable.toLowerCase()];
    const address = configured ?? fromEnv;
    if (!address)
        return undefined;
    const proxy = URL.canParse(address) ? new URL(address) : undefined;
    if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:')
        return proxy;
    throw new lib/* ActionError */.lZ('bad-kubeconfig', `The proxy to the cluster is not an http or https address.`, {
        remedy: `Set proxy-url in the kubeconfig, or ${variable}, to an address such as http://proxy.example.com:3128`,
    });
}
function bypasses(host, env) {
    const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
    if (bare === 'localhost' || bare === '::1' || bare.startsWith('127.'))
        return true;
    return (env.NO_PROXY || env.no_proxy || '')
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((entry) => entry !== '')
        .some((entry) => {
        const name = entry.replace(/:\d+$/, '').replace(/^\*?\./, '');
        return entry === '*' || bare === name || bare.endsWith(`.${name}`);
    });
}

;// CONCATENATED MODULE: ./lib/cluster/transport.js


/** Kept-alive HTTPS to one API server, directly or through an HTTP proxy. Loaded when first needed: TLS is heavy. */
async function openTransport(access) {
    const secure = access.server.protocol === 'https:';
    const { request, Agent } = secure ? await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 4708, 19)) : await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 7067, 19));
    const proxy = proxyFor(access.server, access.proxy, process.env);
    const agent = new Agent({ keepAlive: true, maxSockets: 24, scheduling: 'lifo' });
    const base = access.server.pathname.replace(/\/$/, '');
    return async (call, credential) => {
        const tls = {
            ...(access.ca && { ca: access.ca }),
            ...(access.serverName !== undefined && { servername: access.serverName }),
            ...(access.skipVerify && { rejectUnauthorized: false }),
            ...(credential.cert && { cert: credential.cert }),
            ...(credential.key && { key: credential.key }),
        };
        const options = {
            host: access.server.hostname.replace(/^\[|\]$/g, ''),
            port: access.server.port || (secure ? 443 : 80),
            method: call.method,
            path: `${base}${call.path}`,
            headers: { ...call.headers, ...authorization(credential) },
            agent,
            timeout: call.silenceMs,
            ...(call.signal && { signal: call.signal }),
            ...(secure && tls),
        };
        const tunnel = proxy && secure ? await openTunnel(proxy, options, tls) : undefined;
        const outgoing = request(tunnel ? { ...options, agent: false, createConnection: () => tunnel } : options);
        outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer for ${call.silenceMs / 1000} s`)));
        outgoing.end(call.body);
        const [answer] = await (0,external_node_events_.once)(outgoing, 'response');
        // Errors after the answer began (a dropped watch) reach whoever reads the answer; here they only must not be fatal.
        outgoing.on('error', () => { });
        return answer;
    };
}
function authorization(credential) {
    if (credential.token)
        return { authorization: `Bearer ${credential.token}` };
    if (credential.basic)
        return { authorization: `Basic ${Buffer.from(credential.basic).toString('base64')}` };
    return {};
}
/** A TLS connection to the API server through the proxy's CONNECT. */
async function openTunnel(proxy, target, tls) {
    const { request } = proxy.protocol === 'https:' ? await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 4708, 19)) : await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 7067, 19));
    const { connect } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 1692, 19));
    const login = proxy.username
        ? Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')
        : undefined;
    const host = `${target.host}:${target.port}`;
    const asking = request({
        host: proxy.hostname,
        port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
        method: 'CONNECT',
        path: host,
        headers: { host, ...(login && { 'proxy-authorization': `Basic ${login}` }) },
        timeout: 15_000,
    });
    asking.on('timeout', () => asking.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
    asking.end();
    const [answer, socket] = (await (0,external_node_events_.once)(asking, 'connect'));
    if (answer.statusCode !== 200) {
        socket.destroy();
        throw new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT`);
    }
    const secured = connect({ socket, servername: target.host ?? '', ...tls });
    await (0,external_node_events_.once)(secured, 'secureConnect');
    return secured;
}

;// CONCATENATED MODULE: ./lib/cluster/connection.js




/** How long an API server that answered before may be away: restarts and failovers of a control plane. */
const OUTAGE_MS = 60_000;
/** How long one that never answered is tried: a wrong address should not cost a minute. */
const FIRST_CONTACT_MS = 4_000;
/**
 * Talks to one API server: credentials renewed once after a 401, 429 and 503 waited for as Retry-After says, and what
 * may be repeated is repeated while the server is away.
 */
class Connection {
    /** Requests sent, for the summary and for benchmarks. */
    requests = 0;
    #access;
    #transport;
    #answered = false;
    /** Server clock minus ours, in milliseconds. */
    #skewMs = 0;
    constructor(access) {
        this.#access = access;
    }
    get server() {
        return this.#access.server.host;
    }
    /** The API server's time: two runners that agree on a lease need one clock. */
    now() {
        return new Date(Date.now() + this.#skewMs);
    }
    /** @throws ApiError for a refusal; ActionError 'unreachable' */
    async json(request) {
        return JSON.parse((await this.bytes(request)).toString('utf8'));
    }
    async bytes(request) {
        const answer = await this.open(request);
        return readAll(answer);
    }
    /** The answer as it begins to arrive; its status is 2xx. */
    async open(request) {
        let renewed = false;
        const began = Date.now();
        for (let attempt = 0;; attempt++) {
            const answer = await this.#send(request, renewed).catch((error) => error);
            if (answer instanceof Error) {
                await this.#orUnreachable(answer, request, attempt, Date.now() - began);
                continue;
            }
            const status = answer.statusCode ?? 0;
            if (status >= 200 && status < 300)
                return answer;
            const body = await readAll(answer);
            if (status === 401 && !renewed) {
                renewed = true;
                continue;
            }
            if (!request.once && (status === 429 || (status === 503 && request.method === 'GET')) && Date.now() - began < OUTAGE_MS) {
                await (0,exec_kit_lib/* pause */.v7)(retryAfterMs(answer.headers['retry-after'], attempt), request.signal);
                continue;
            }
            throw (0,api_error/* readRefusal */.ni)(status, body, request.doing);
        }
    }
    async #send(request, renew) {
        this.#transport ??= openTransport(this.#access);
        const [send, credential] = await Promise.all([this.#transport, this.#access.credential(renew)]);
        const body = request.body === undefined ? undefined : JSON.stringify(request.body);
        const call = {
            method: request.method,
            path: request.path,
            headers: {
                accept: request.accept ?? 'application/json',
                'user-agent': 'fairway-k8s-deploy',
                ...(body !== undefined && {
                    'content-type': request.contentType ?? 'application/json',
                    'content-length': String(Buffer.byteLength(body)),
                }),
            },
            silenceMs: request.silenceMs ?? 30_000,
            ...(body !== undefined && { body }),
            ...(request.signal && { signal: request.signal }),
        };
        this.requests++;
        const answer = await send(call, credential);
        this.#answered = true;
        const date = Date.parse(answer.headers.date ?? '');
        if (!Number.isNaN(date))
            this.#skewMs = closer(this.#skewMs, date - Date.now());
        return answer;
    }
    /** Waits before the next try, or gives up with what it was. */
    async #orUnreachable(error, request, attempt, elapsedMs) {
        if (error instanceof lib/* ActionError */.lZ || request.signal?.aborted)
            throw error;
        const patience = this.#answered ? OUTAGE_MS : FIRST_CONTACT_MS;
        // A POST may have been carried out before the connection broke; repeating it could do it twice.
        const repeatable = !request.once && (request.method !== 'POST' || isRefused(error));
        if (!repeatable || isCertificateTrouble(error) || elapsedMs >= patience) {
            throw unreachable(this.#access, error, request.doing);
        }
        (0,lib/* debug */.Yz)(`${request.doing}: ${(0,lib/* messageOf */.bD)(error)}; trying again.`);
        await (0,exec_kit_lib/* pause */.v7)(Math.min(2_000, 100 * 2 ** attempt), request.signal);
    }
}
/** Date headers have whole seconds, so a difference below two of them is no difference. */
function closer(known, seen) {
    return Math.abs(seen - known) < 2_000 ? known : seen;
}
function retryAfterMs(header, attempt) {
    const seconds = Number(header);
    return header !== undefined && seconds >= 0 ? Math.min(seconds, 30) * 1000 : Math.min(5_000, 250 * 2 ** attempt);
}
async function readAll(answer) {
    const parts = [];
    for await (const part of answer)
        parts.push(part);
    return Buffer.concat(parts);
}
function codeOf(error) {
    return 'code' in error ? String(error.code) : '';
}
function isRefused(error) {
    return codeOf(error) === 'ECONNREFUSED';
}
function isCertificateTrouble(error) {
    return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_SSL|ERR_TLS|ERR_OSSL/.test(codeOf(error));
}
function unreachable(access, error, doing) {
    const said = (0,lib/* messageOf */.bD)(error) || codeOf(error);
    const remedy = isCertificateTrouble(error)
        ? "The certificate is not one that the kubeconfig's certificate-authority-data vouches for, or not for this name: renew the kubeconfig, or set tls-server-name in it."
        : /ENOTFOUND|EAI_AGAIN/.test(codeOf(error))
            ? 'The name does not resolve from this runner: check the server address in the kubeconfig; a private cluster needs a runner in its network or a proxy-url.'
            : 'Check the server address in the kubeconfig, that the cluster runs, and that this runner may reach it (firewall, private endpoint, proxy-url).';
    return new lib/* ActionError */.lZ('unreachable', `${doing}: the API server at ${access.server.host} does not answer (${said}).`, {
        remedy,
        cause: error,
    });
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./lib/cluster/tree.js
var tree = __webpack_require__(6413);
;// CONCATENATED MODULE: ./lib/cluster/credential.js






/** The credential of a kubeconfig user, as a function that can give a fresh one when the last has expired. */
function credentialOf(user, around) {
    let kept;
    return (renew) => {
        if (kept === undefined || renew)
            kept = obtain(user, around);
        return kept;
    };
}
async function obtain(user, around) {
    if (user.exec !== undefined)
        return askPlugin((0,tree/* tree */.B2)(user.exec), around);
    if (user['auth-provider'] !== undefined) {
        throw new lib/* ActionError */.lZ('bad-kubeconfig', "The kubeconfig's user has an auth-provider, which Kubernetes removed in 1.26.", {
            remedy: 'Make the kubeconfig anew with the provider’s current tool; it writes an exec plugin instead.',
        });
    }
    const [cert, key] = await Promise.all([
        bytes(user, 'client-certificate', around.folder),
        bytes(user, 'client-key', around.folder),
    ]);
    if (key !== undefined)
        (0,lib/* mask */.dK)(key.toString('utf8'));
    const path = (0,tree/* string */.Yj)(user.tokenFile);
    const token = path !== '' ? (await (0,promises_.readFile)((0,external_node_path_.resolve)(around.folder, path), 'utf8')).trim() : (0,tree/* string */.Yj)(user.token);
    (0,lib/* mask */.dK)(token);
    const password = (0,tree/* string */.Yj)(user.password);
    (0,lib/* mask */.dK)(password);
    return {
        ...(token !== '' && { token }),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
        ...(password !== '' && { basic: `${(0,tree/* string */.Yj)(user.username)}:${password}` }),
    };
}
/**
 * Runs a credential plugin (aws eks get-token, gke-gcloud-auth-plugin, kubelogin).
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
async function askPlugin(exec, around) {
    const command = (0,tree/* string */.Yj)(exec.command);
    const cluster = {
        server: around.server,
        ...(around.ca && { 'certificate-authority-data': around.ca.toString('base64') }),
    };
    const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { cluster, interactive: false } };
    const own = (0,tree/* list */.p_)(exec.env).map((entry) => [(0,tree/* string */.Yj)((0,tree/* tree */.B2)(entry).name), (0,tree/* string */.Yj)((0,tree/* tree */.B2)(entry).value)]);
    const result = await (0,exec_kit_lib/* runOrThrow */.nf)(command, (0,tree/* list */.p_)(exec.args).map(String), {
        cwd: around.folder,
        env: { ...Object.fromEntries(own), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
        show: 'never',
        timeoutMs: 60_000,
        title: `the credential plugin ${command}`,
        remedy: (0,tree/* string */.Yj)(exec.installHint) || `Log in to the cloud before this step, so that ${command} can get a token.`,
    });
    const status = (0,tree/* tree */.B2)((0,tree/* tree */.B2)(parseJson(result.stdout, command)).status);
    const token = (0,tree/* string */.Yj)(status.token);
    const certificate = (0,tree/* string */.Yj)(status.clientCertificateData);
    const key = (0,tree/* string */.Yj)(status.clientKeyData);
    for (const secret of [token, key])
        (0,lib/* mask */.dK)(secret);
    return {
        ...(token !== '' && { token }),
        ...(certificate !== '' && { cert: Buffer.from(certificate) }),
        ...(key !== '' && { key: Buffer.from(key) }),
    };
}
function parseJson(text, command) {
    try {
        return JSON.parse(text);
    }
    catch (cause) {
        throw new lib/* ActionError */.lZ('bad-credential', `The credential plugin ${command} did not answer with JSON.`, {
            remedy: `Run ${command} by hand with the arguments of the kubeconfig; it must print an ExecCredential.`,
            cause,
        });
    }
}

;// CONCATENATED MODULE: ./lib/cluster/in-cluster.js


const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
/**
 * The access of a self-hosted runner that is itself a pod. The token is read anew each time: the kubelet rotates it.
 * Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
async function inClusterAccess(env, folder = FOLDER) {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
    if (!host)
        return undefined;
    const read = (name) => (0,promises_.readFile)(`${folder}/${name}`).catch(() => undefined);
    const [ca, namespace] = await Promise.all([read('ca.crt'), read('namespace')]);
    if (ca === undefined)
        return undefined;
    return {
        server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
        namespace: namespace?.toString('utf8').trim() || 'default',
        ca,
        serverName: undefined,
        skipVerify: false,
        proxy: undefined,
        credential: async () => {
            const token = (await read('token'))?.toString('utf8').trim() ?? '';
            (0,lib/* mask */.dK)(token);
            return { token };
        },
    };
}

;// CONCATENATED MODULE: ./lib/cluster/kubeconfig.js






/**
 * Finds the way to the cluster: the given text, the given path, KUBECONFIG (the first file of the list that there is),
 * then the service account of a runner inside a cluster.
 * @throws ActionError 'no-kubeconfig' or 'bad-kubeconfig'
 */
async function findAccess(choice, env = process.env) {
    if (choice.text !== '')
        return readKubeconfig(choice.text, choice.context, process.cwd());
    const paths = choice.path !== '' ? [choice.path] : (env.KUBECONFIG ?? '').split(external_node_path_.delimiter).filter((p) => p !== '');
    for (const path of paths) {
        const found = await (0,promises_.readFile)((0,external_node_path_.resolve)(path), 'utf8').catch(() => undefined);
        if (found !== undefined)
            return readKubeconfig(found, choice.context, (0,external_node_path_.dirname)((0,external_node_path_.resolve)(path)));
    }
    const inside = paths.length === 0 ? await inClusterAccess(env) : undefined;
    if (inside)
        return inside;
    throw new lib/* ActionError */.lZ('no-kubeconfig', paths.length > 0
        ? `There is no kubeconfig at ${paths.join(', ')}.`
        : 'No cluster is given: kubeconfig and kubeconfig-path are empty, and so is the KUBECONFIG variable.', {
        remedy: "Add 'kubeconfig: ${{ secrets.KUBECONFIG }}' under 'with:'. In a called workflow the secret also has to be passed on ('secrets: inherit'), and one of an environment is empty in jobs that do not name the environment.",
    });
}
/**
 * Reads one context of a kubeconfig. Relative file names in it count from `folder`.
 * Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
async function readKubeconfig(text, contextName, folder) {
    const config = (0,tree/* tree */.B2)(await parseYaml(text));
    const wanted = contextName || (0,tree/* string */.Yj)(config['current-context']);
    const context = named(config, 'contexts', wanted, 'context');
    if (context === undefined)
        throw noContext(config, wanted);
    const cluster = named(config, 'clusters', (0,tree/* string */.Yj)(context.cluster), 'cluster');
    const user = named(config, 'users', (0,tree/* string */.Yj)(context.user), 'user') ?? {};
    const server = (0,tree/* string */.Yj)(cluster?.server);
    if (cluster === undefined || !URL.canParse(server)) {
        throw malformed(`the context '${wanted}' names the cluster '${(0,tree/* string */.Yj)(context.cluster)}', which has no server address`);
    }
    const ca = await bytes(cluster, 'certificate-authority', folder);
    return {
        server: new URL(server),
        namespace: (0,tree/* string */.Yj)(context.namespace) || 'default',
        ca,
        serverName: (0,tree/* string */.Yj)(cluster['tls-server-name']) || undefined,
        skipVerify: cluster['insecure-skip-tls-verify'] === true,
        proxy: (0,tree/* string */.Yj)(cluster['proxy-url']) || undefined,
        credential: credentialOf(user, { server, ca, folder }),
    };
}
async function parseYaml(text) {
    const { parse } = await __webpack_require__.e(/* import() */ 483).then(__webpack_require__.t.bind(__webpack_require__, 3483, 19));
    try {
        return parse(text, { maxAliasCount: 20 });
    }
    catch (cause) {
        // The parser's own message quotes the text, and this text is a secret.
        throw malformed('it is not YAML', cause);
    }
}
function named(config, collection, name, field) {
    const entry = (0,tree/* list */.p_)(config[collection])
        .map(tree/* tree */.B2)
        .find((candidate) => candidate.name === name);
    return entry && (0,tree/* tree */.B2)(entry[field]);
}
function noContext(config, wanted) {
    const names = (0,tree/* list */.p_)(config.contexts).map((entry) => (0,tree/* string */.Yj)((0,tree/* tree */.B2)(entry).name));
    if (names.length === 0)
        return malformed('it has no contexts');
    return new lib/* ActionError */.lZ('bad-kubeconfig', `The kubeconfig has no context '${wanted}'. It has: ${names.join(', ')}.`, {
        remedy: `Name one of them, for example  context: ${names[0]}`,
    });
}
function malformed(what, cause) {
    return new lib/* ActionError */.lZ('bad-kubeconfig', `The kubeconfig cannot be used: ${what}.`, {
        remedy: "Store the whole output of 'kubectl config view --raw --minify --flatten' as the secret, not base64 of it and not a path.",
        cause,
    });
}
/** The bytes of a field that is given inline (`NAME-data`, base64) or as a file (`NAME`). */
async function bytes(entry, name, folder) {
    const inline = (0,tree/* string */.Yj)(entry[`${name}-data`]);
    if (inline !== '')
        return Buffer.from(inline, 'base64');
    const path = (0,tree/* string */.Yj)(entry[name]);
    if (path === '')
        return undefined;
    return (0,promises_.readFile)((0,external_node_path_.resolve)(folder, path)).catch((cause) => {
        throw malformed(`${name} names a file that cannot be read (${path})`, cause);
    });
}

;// CONCATENATED MODULE: ./lib/site.js





/** Finds the cluster. Nothing is asked of it yet. */
async function openSite(inputs) {
    const access = await findAccess({
        text: inputs.kubeconfig,
        path: inputs.kubeconfigPath,
        context: inputs.context,
    });
    const namespace = inputs.namespace || access.namespace;
    const applySet = (0,apply_set/* applySetId */.A3)((0,apply_set/* parentRef */.O5)(inputs.release, namespace));
    return {
        client: new client/* KubeClient */.B(new Connection(access)),
        inputs,
        run: (0,lib/* context */._O)(),
        release: inputs.release,
        namespace,
        applySet,
        selector: `${apply_set/* PART_OF */.em}=${applySet}`,
        cancelled: cancellation(),
    };
}
/** The runner sends SIGINT, and 7.5 s later SIGTERM: time enough to give the lease back. */
function cancellation() {
    const controller = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'])
        process.once(name, () => controller.abort());
    return controller.signal;
}

;// CONCATENATED MODULE: ./lib/run.js

/** The action: finds the cluster, and does there what the mode says. */
async function run(inputs, outputs) {
    outputs.set('url', inputs.environmentUrl);
    outputs.set('images', JSON.stringify(Object.fromEntries(inputs.images.map(({ name, reference }) => [name, reference]))));
    const site = await openSite(inputs);
    switch (inputs.mode) {
        case 'deploy':
            return (await Promise.all(/* import() */[__webpack_require__.e(858), __webpack_require__.e(657)]).then(__webpack_require__.bind(__webpack_require__, 1657))).deploy(site, outputs);
        case 'diff':
            return (await Promise.all(/* import() */[__webpack_require__.e(858), __webpack_require__.e(492)]).then(__webpack_require__.bind(__webpack_require__, 4492))).preview(site, outputs);
        case 'rollback':
            return (await Promise.all(/* import() */[__webpack_require__.e(858), __webpack_require__.e(657), __webpack_require__.e(494)]).then(__webpack_require__.bind(__webpack_require__, 1494))).rollback(site, outputs);
    }
}


/***/ }),

/***/ 7181:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  g3: () => (/* reexport */ LineSplitter),
  v7: () => (/* reexport */ pause),
  nf: () => (/* reexport */ runOrThrow),
  K7: () => (/* reexport */ which)
});

// UNUSED EXPORTS: Tail, outcome, query, quoted, run

;// CONCATENATED MODULE: ../../packages/exec-kit/lib/capture.js
/** The last bytes of a stream: what a failure needs to show, however much a program prints. */
class Tail {
    #limit;
    #chunks = [];
    #size = 0;
    /** Bytes have been let go. */
    truncated = false;
    /** @param limit bytes kept; a little more is held meanwhile */
    constructor(limit) {
        this.#limit = limit;
    }
    add(chunk) {
        this.#chunks.push(chunk);
        this.#size += chunk.length;
        for (let first = this.#chunks[0]; first && this.#size - first.length >= this.#limit; first = this.#chunks[0]) {
            this.#chunks.shift();
            this.#size -= first.length;
            this.truncated ||= first.length > 0;
        }
    }
    /** The kept text. Cut at a line's start where something was let go, so that no half line or half character shows. */
    text() {
        const all = Buffer.concat(this.#chunks);
        if (!this.truncated && all.length <= this.#limit)
            return all.toString('utf8');
        this.truncated = true;
        const tail = all.subarray(-this.#limit);
        const lineStart = tail.indexOf(0x0a) + 1;
        return tail.subarray(lineStart > 0 && lineStart < tail.length ? lineStart : 0).toString('utf8');
    }
}
/** Cuts a byte stream into lines. A line over `limit` characters is handed on in pieces rather than kept whole. */
class LineSplitter {
    #onLine;
    #limit;
    #decoder = new TextDecoder();
    #rest = '';
    constructor(onLine, limit = 1024 * 1024) {
        this.#onLine = onLine;
        this.#limit = limit;
    }
    add(chunk) {
        this.#rest += this.#decoder.decode(chunk, { stream: true });
        const lines = this.#rest.split('\n');
        this.#rest = lines.pop() ?? '';
        for (const line of lines)
            this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
        if (this.#rest.length > this.#limit) {
            this.#onLine(this.#rest);
            this.#rest = '';
        }
    }
    end() {
        if (this.#rest !== '')
            this.#onLine(this.#rest);
        this.#rest = '';
    }
}

// EXTERNAL MODULE: ../../node_modules/@actions/exec/lib/exec.js + 3 modules
var exec = __webpack_require__(3023);
// EXTERNAL MODULE: ../../packages/action-kit/lib/index.js + 19 modules
var lib = __webpack_require__(7031);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ../../packages/exec-kit/lib/retry.js

/** Waits, unless and until the signal is raised. Milliseconds. */
async function pause(milliseconds, signal) {
    await (0,promises_.setTimeout)(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
;// CONCATENATED MODULE: ../../packages/exec-kit/lib/spawn.js



/**
 * One run of a program found at `path`.
 *
 * Why not `exec` of @actions/exec: it gives no handle on what it starts, so nothing started with it can be stopped
 * at a time limit or when the job is cancelled (docs/decisions/0004-exec.md).
 */
async function spawnOnce(tool, path, args, options) {
    const started = performance.now();
    const child = (0,external_node_child_process_.spawn)(path, args, {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own, so that a stop reaches what the program itself started.
        detached: process.platform !== 'win32',
        windowsHide: true,
    });
    const keep = options.captureBytes ?? 1024 * 1024;
    const stdout = follow(child.stdout, process.stdout, keep, options.show, options.onStdoutLine);
    const stderr = follow(child.stderr, process.stdout, keep, options.show, options.onStderrLine);
    child.stdin.on('error', () => undefined); // a program may end without reading its input
    child.stdin.end(options.input);
    const stopper = stopOn(child, options);
    try {
        const [exitCode, signal] = await ended(tool, child);
        const [out, err] = [stdout.end(), stderr.end()];
        return {
            argv: [tool, ...args],
            exitCode,
            signal,
            timedOut: stopper.timedOut,
            durationMs: performance.now() - started,
            stdout: out,
            stderr: err,
            truncated: stdout.tail.truncated || stderr.tail.truncated,
        };
    }
    finally {
        stopper.release();
    }
}
function ended(tool, child) {
    return new Promise((resolve, reject) => {
        child.once('error', (error) => reject(unstartable(tool, error)));
        child.once('close', (code, signal) => resolve([code, signal]));
        // A grandchild that left the group may keep the pipes open for ever; the program itself is done.
        child.once('exit', (code, signal) => {
            const patience = setTimeout(() => {
                child.stdout?.destroy();
                child.stderr?.destroy();
                resolve([code, signal]);
            }, 2000);
            child.once('close', () => clearTimeout(patience));
        });
    });
}
function unstartable(tool, error) {
    const remedies = {
        ENOENT: 'Check that the folder the program is to run in exists.',
        EACCES: `Make the file executable:  chmod +x ${tool}`,
        E2BIG: 'Its arguments are longer than the system allows: name a folder instead of every file.',
    };
    return new lib/* ActionError */.lZ('command-failed', `${tool} could not be started: ${error.message}`, {
        remedy: remedies[error.code ?? ''] ?? 'The message above is the operating system’s own.',
        cause: error,
    });
}
function follow(stream, target, keep, show, onLine) {
    const tail = new Tail(keep);
    const splitter = onLine && new LineSplitter(onLine);
    stream.on('data', (chunk) => {
        tail.add(chunk);
        splitter?.add(chunk);
        if ((show ?? 'stream') === 'stream')
            target.write(chunk);
    });
    return {
        tail,
        end() {
            splitter?.end();
            return tail.text();
        },
    };
}
/** Stops the program, and all in its group, at the time limit, on abort, and when this process is told to end. */
function stopOn(child, options) {
    const timers = [];
    const stopper = { timedOut: false, release };
    const stop = () => {
        kill(child, 'SIGTERM');
        timers.push(setTimeout(() => kill(child, 'SIGKILL'), options.graceMs ?? 5000));
    };
    if (options.timeoutMs !== undefined) {
        timers.push(setTimeout(() => {
            stopper.timedOut = true;
            stop();
        }, options.timeoutMs));
    }
    // A cancelled job gets SIGINT, then SIGTERM 7.5 s later (GitHub docs: "Canceling a workflow run"). The program is
    // in a group of its own and would not hear it.
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted)
        stop();
    function release() {
        for (const timer of timers)
            clearTimeout(timer);
        process.off('SIGINT', stop);
        process.off('SIGTERM', stop);
        options.signal?.removeEventListener('abort', stop);
    }
    return stopper;
}
function kill(child, signal) {
    if (child.pid === undefined)
        return;
    try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
    }
    catch {
        // already gone
    }
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ../../node_modules/@actions/io/lib/io.js
var io = __webpack_require__(6521);
;// CONCATENATED MODULE: ../../packages/exec-kit/lib/which.js



/** The path of a program on PATH, or undefined. */
async function which(tool) {
    return (await (0,io/* which */.K7)(tool, false)) || undefined;
}
/**
 * The path of a program, looked for on the PATH that it will run with.
 * @throws ActionError 'tool-missing'
 */
async function which_locate(tool, env = {}) {
    const path = env.PATH === undefined ? await which(tool) : await whichIn(tool, env.PATH);
    if (path !== undefined)
        return path;
    const folders = (env.PATH ?? process.env.PATH ?? '').split(external_node_path_.delimiter).length;
    throw new lib/* ActionError */.lZ('tool-missing', `The program '${tool}' is not on PATH (${folders} folders were looked through).`, {
        remedy: `Install it in a step before this one, and check the name's spelling.`,
    });
}
async function whichIn(tool, path) {
    const own = process.env.PATH;
    process.env.PATH = path;
    try {
        return await which(tool);
    }
    finally {
        process.env.PATH = own;
    }
}

;// CONCATENATED MODULE: ../../packages/exec-kit/lib/run.js




/**
 * Runs a program to its end. An exit code is a result, not an error: the caller knows what it means.
 * Arguments reach the program as they are; no shell sees them.
 * @throws ActionError 'tool-missing' when there is no such program on PATH
 */
async function run(tool, args, options = {}) {
    const path = await which_locate(tool, options.env);
    const show = options.show ?? 'stream';
    if (show !== 'never')
        (0,lib/* info */.pq)(`▸ ${options.title ?? run_quoted(tool, args)}`);
    const attempts = options.retry?.attempts ?? 1;
    for (let attempt = 1;; attempt++) {
        const result = await spawnOnce(tool, path, args, options);
        if (show === 'on-failure' && !succeeded(result))
            (0,lib/* info */.pq)([result.stdout, result.stderr].join('\n').trim());
        if (succeeded(result) || attempt >= attempts || options.retry?.retryable(result) !== true)
            return result;
        const delay = options.retry.baseDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random());
        (0,lib/* info */.pq)(`${tool} ${outcome(result)}; trying again in ${(0,lib/* formatDuration */.a3)(delay)} (${attempt + 1} of ${attempts}).`);
        await pause(delay, options.signal);
    }
}
/**
 * As {@link run}, where anything but exit code 0 is a failure.
 * @throws ActionError 'command-failed' with the end of what the program said
 */
async function runOrThrow(tool, args, options = {}) {
    const result = await run(tool, args, options);
    if (succeeded(result))
        return result;
    const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-20).join('\n');
    throw new lib/* ActionError */.lZ('command-failed', `${options.title ?? run_quoted(tool, args)} ${outcome(result)}${said === '' ? '.' : `:\n${said}`}`, { remedy: options.remedy ?? `Read the lines above: they are what ${tool} itself says.` });
}
function succeeded(result) {
    return result.exitCode === 0 && !result.timedOut;
}
/** What became of a program, as the end of a sentence: `ended with exit code 2`. */
function outcome(result) {
    if (result.timedOut)
        return `did not end within its time and was stopped after ${(0,lib/* formatDuration */.a3)(result.durationMs)}`;
    if (result.signal !== null)
        return `was ended by ${result.signal}`;
    return `ended with exit code ${result.exitCode}`;
}
/** An argv as one can read it and paste it into a POSIX shell. */
function run_quoted(tool, args) {
    return [tool, ...args]
        .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
        .join(' ');
}

;// CONCATENATED MODULE: ../../packages/exec-kit/lib/query.js




/**
 * Asks a program a short question (its version, a list) and gives its whole answer, trimmed. For what ends by itself;
 * what may hang, print much or need stopping goes through `run`.
 * @throws ActionError 'tool-missing' or 'command-failed'
 */
async function query(tool, args, options = {}) {
    const path = await locate(tool, options.env);
    const answer = await getExecOutput(`"${path}"`, [...args], {
        silent: true,
        ignoreReturnCode: true,
        env: { ...ownEnvironment(), ...options.env },
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        ...(options.input !== undefined && { input: Buffer.from(options.input) }),
    });
    if (answer.exitCode === 0)
        return answer.stdout.trim();
    throw new ActionError('command-failed', `${quoted(tool, args)} ended with exit code ${answer.exitCode}: ${answer.stderr.trim() || answer.stdout.trim()}`, { remedy: `Run it by hand with the same arguments; ${tool} itself says what it misses.` });
}
function ownEnvironment() {
    return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

;// CONCATENATED MODULE: ../../packages/exec-kit/lib/index.js
/** Starting programs: an argv, never a shell line; time limits that reach the whole process group; bounded output. */







/***/ })

};
