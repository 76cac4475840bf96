// The view's state, who is told when it changes, and its form in the page's address.

const listeners = new Set();

export const state = {
    session: null,
    firstStep: 0,
    steps: 0,
    model: 0,
    layer: 0,
    allLayers: true,
    view: 'replay',
    from: 0,
    to: 1,
    cursor: 0,
    playing: false,
    speed: 10,
    loop: 'off',
    follow: false,
    sort: 'number',
    by: '',
    units: {},
    pins: {},
    show: 'base',
    trace: 'state',
    channels: [],
    output: 0,
    height: 56,
    hidden: [],
    theme: 'auto',
    shortcuts: true,
    tolerance: 0.05,
    statisticsTrack: 'base',
    forces: {},
    cuts: {},
    divergence: {},
};

// What a link leaves out: the view as the page opens without one.
let usual = { ...state };
const linked = ['model', 'layer', 'allLayers', 'view', 'from', 'to', 'sort', 'by', 'show', 'trace', 'channels', 'output', 'height', 'hidden', 'theme', 'loop',
    'speed', 'follow', 'tolerance', 'statisticsTrack', 'units', 'pins', 'forces', 'cuts'];

/** Takes the state as it stands for what a link leaves out. */
export function keepUsual() {
    usual = { ...state };
}

/** Calls listener(changed) after every change; changed is the set of names that changed. */
export function listen(listener) {
    listeners.add(listener);
}

/** Changes the state and tells everyone. */
export function set(patch) {
    const changed = new Set();
    for (const [name, value] of Object.entries(patch)) {
        if (state[name] !== value) {
            state[name] = value;
            changed.add(name);
        }
    }
    if (changed.size > 0) {
        for (const listener of listeners) {
            listener(changed);
        }
    }
}

/** Tells everyone although no name changed: data came in. */
export function touch(...names) {
    const changed = new Set(names);
    for (const listener of listeners) {
        listener(changed);
    }
}

export const model = () => state.session.models[state.model];

// What stands for a layer in a model that has no recurrent one.
const noLayer = { index: 0, name: '', kind: '', units: 0, quantities: [] };
export const hasLayers = () => model().layers.length > 0;
export const layerOf = (index = state.layer) => model().layers[index] ?? model().layers[0] ?? noLayer;
export const layerKey = (layer = state.layer) => `${state.model}.${layer}`;
export const unitOf = (layer = state.layer) => Math.max(0, Math.min(state.units[layerKey(layer)] ?? 0, layerOf(layer).units - 1));
export const pinsOf = (layer = state.layer) => state.pins[layerKey(layer)] ?? [];
export const quantityOf = (layer, id) => layerOf(layer).quantities.find(quantity => quantity.id === id);
export const isForced = () => Boolean(state.divergence[state.model]);

export function chooseUnit(unit, layer = state.layer) {
    if (!hasLayers()) {
        return;
    }
    set({ layer, units: { ...state.units, [layerKey(layer)]: unit } });
}

export function togglePin(unit, layer = state.layer) {
    if (!hasLayers()) {
        return;
    }
    const pins = pinsOf(layer);
    const next = pins.includes(unit) ? pins.filter(pin => pin !== unit) : [...pins, unit];
    set({ pins: { ...state.pins, [layerKey(layer)]: next } });
}

/** Puts the cursor on a step that is held, and the view around it when it lies outside. */
export function moveCursor(step, { keepView = false } = {}) {
    const cursor = clamp(Math.round(step), state.firstStep, Math.max(state.firstStep, state.steps - 1));
    const patch = { cursor };
    if (!keepView && (cursor < state.from || cursor >= state.to)) {
        const span = state.to - state.from;
        const from = cursor >= state.to ? cursor - Math.floor(span * 0.1) : cursor - Math.floor(span * 0.9);
        Object.assign(patch, range(from, from + span));
    }
    set(patch);
}

/** Shows the steps [from, to), pushed into what is held. */
export function showRange(from, to) {
    set(range(from, to));
}

/** Zooms around a step: factor below 1 shows fewer steps. */
export function zoom(factor, around = state.cursor) {
    const span = state.to - state.from;
    const next = clamp(Math.round(span * factor), Math.min(16, state.steps - state.firstStep), Math.max(1, state.steps - state.firstStep));
    const place = span > 0 ? clamp((around - state.from) / span, 0, 1) : 0.5;
    const from = Math.round(around - place * next);
    set(range(from, from + next));
}

export function pan(steps) {
    set(range(state.from + steps, state.to + steps));
}

function range(from, to) {
    const held = Math.max(1, state.steps - state.firstStep);
    const span = clamp(Math.round(to - from), 1, held);
    const start = clamp(Math.round(from), state.firstStep, state.firstStep + held - span);
    return { from: start, to: start + span };
}

export function clamp(value, low, high) {
    return Math.min(high, Math.max(low, value));
}

const list = values => values.join('_');
const numbers = text => text.split('_').filter(part => /^\d+$/.test(part)).map(Number);

/** The view as the text after # in the address. */
export function toHash() {
    const parts = new URLSearchParams();
    const put = (key, value) => {
        if (value !== '') {
            parts.set(key, value);
        }
    };
    const putUnusual = (key, name, text = value => value) => {
        if (String(text(state[name])) !== String(text(usual[name]))) {
            parts.set(key, text(state[name]));
        }
    };
    const bit = value => value ? 1 : 0;
    putUnusual('m', 'model');
    putUnusual('l', 'layer');
    putUnusual('al', 'allLayers', bit);
    putUnusual('v', 'view');
    parts.set('r', `${state.from}-${state.to}`);
    parts.set('c', state.cursor);
    parts.set('ch', list(state.channels));
    for (const [key, name] of [['s', 'sort'], ['by', 'by'], ['w', 'show'], ['t', 'trace'], ['o', 'output'], ['lh', 'height'], ['th', 'theme'], ['lp', 'loop'], ['sp', 'speed']]) {
        putUnusual(key, name);
    }
    put('x', list(state.hidden));
    putUnusual('fl', 'follow', bit);
    putUnusual('tol', 'tolerance');
    putUnusual('st', 'statisticsTrack');
    put('u', Object.entries(state.units).map(([key, unit]) => `${key}:${unit}`).join(','));
    put('p', Object.entries(state.pins).filter(([, pins]) => pins.length).map(([key, pins]) => `${key}:${list(pins)}`).join(','));
    put('f', Object.entries(state.forces).filter(([, forces]) => forces.length).map(([id, forces]) => `${id}:${forces.map(forceText).join('+')}`).join(','));
    put('cut', Object.entries(state.cuts).filter(([, cuts]) => cuts.length).map(([id, cuts]) => `${id}:${list(cuts)}`).join(','));
    return parts.toString();
}

const forceText = force => [force.layer, force.gate, force.how, force.value ?? 0, list(force.units)].join('*');

function readForce(text) {
    const [layer, gate, how, value, units] = text.split('*');
    return { layer: Number(layer), gate, how, value: Number(value) || 0, units: numbers(units ?? '') };
}

const pairs = text => (text ?? '').split(',').filter(Boolean).map(part => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)]);

// A whole number as it is written without more ado: as a key of the state it is the same text again.
const isWhole = text => /^(0|[1-9]\d{0,8})$/.test(text);

const modelAt = id => isWhole(id) && Object.hasOwn(state.session.models, id) ? state.session.models[id] : undefined;

// The layer of "model.layer".
function layerAt(key) {
    const [id, layer, ...more] = key.split('.');
    const layers = more.length === 0 ? modelAt(id)?.layers : undefined;
    return layers && isWhole(layer ?? '') && Object.hasOwn(layers, layer) ? layers[layer] : undefined;
}

/** Reads an address: the usual view with what the address names; what it names wrongly is left out. */
export function fromHash(hash) {
    const parts = new URLSearchParams(hash.replace(/^#/, ''));
    const { models, live, input } = state.session;
    const patch = Object.fromEntries(linked.map(name => [name, usual[name]]));
    const whole = (name, key, low, high) => {
        const value = parts.get(key);
        if (value && Number.isFinite(Number(value))) {
            patch[name] = clamp(Math.round(Number(value)), low, Math.max(low, high));
        }
    };
    const oneOf = (name, key, values) => {
        if (values.includes(parts.get(key))) {
            patch[name] = parts.get(key);
        }
    };
    whole('model', 'm', 0, models.length - 1);
    whole('layer', 'l', 0, models[patch.model].layers.length - 1);
    whole('output', 'o', 0, models[patch.model].outputs.length - 1);
    whole('height', 'lh', 32, 320);
    oneOf('view', 'v', ['replay', 'statistics', 'shadow', 'attention']);
    oneOf('sort', 's', ['number', 'halfLife', 'saturation', 'mean']);
    oneOf('show', 'w', ['base', 'forced', 'difference', 'float', 'error']);
    oneOf('loop', 'lp', ['off', 'view', 'all']);
    oneOf('trace', 't', ['state', 'tanh']);
    oneOf('theme', 'th', ['auto', 'light', 'dark']);
    oneOf('statisticsTrack', 'st', ['base', 'forced']);
    if (parts.has('by')) {
        patch.by = parts.get('by');
    }
    if (parts.has('al')) {
        patch.allLayers = parts.get('al') === '1';
    }
    for (const [name, key] of [['speed', 'sp'], ['tolerance', 'tol']]) {
        const value = Number(parts.get(key));
        if (value > 0 && Number.isFinite(value)) {
            patch[name] = value;
        }
    }
    if (parts.has('ch')) {
        patch.channels = [...new Set(numbers(parts.get('ch')))].filter(channel => channel < input.names.length);
    }
    if (parts.has('x')) {
        patch.hidden = parts.get('x').split('_').filter(Boolean);
    }
    const isNamed = /^\d+-\d+$/.test(parts.get('r') ?? '');
    Object.assign(patch, isNamed ? range(...parts.get('r').split('-').map(Number)) : range(usual.from, usual.to));
    // A link to a stretch stays there; any other view of a running session goes along with it.
    patch.follow = Boolean(live) && (parts.get('fl') === '1' || !isNamed);
    patch.cursor = clamp(patch.from, state.firstStep, Math.max(state.firstStep, state.steps - 1));
    whole('cursor', 'c', state.firstStep, state.steps - 1);
    patch.units = Object.fromEntries(pairs(parts.get('u')).filter(([key, unit]) => isWhole(unit) && Number(unit) < (layerAt(key)?.units ?? 0)).map(([key, unit]) => [key, Number(unit)]));
    patch.pins = Object.fromEntries(pairs(parts.get('p')).filter(([key]) => layerAt(key)).map(([key, pins]) => [key, [...new Set(numbers(pins))].filter(unit => unit < layerAt(key).units)]));
    patch.forces = Object.fromEntries(pairs(parts.get('f')).filter(([id]) => modelAt(id)).map(([id, forces]) => [id, forces.split('+').map(readForce).filter(force => isKnownForce(id, force))]));
    patch.cuts = Object.fromEntries(pairs(parts.get('cut')).filter(([id]) => modelAt(id)).map(([id, cuts]) => [id, [...new Set(numbers(cuts))].filter(layer => layerAt(`${id}.${layer}`))]));
    set(patch);
}

function isKnownForce(id, force) {
    const layer = layerAt(`${id}.${force.layer}`);
    const gate = layer?.quantities.find(quantity => quantity.id === force.gate);
    return Boolean(gate?.forceable) && ['open', 'closed', 'value', 'hold'].includes(force.how) && force.value >= 0 && force.value <= 1
        && force.units.every(unit => unit < layer.units);
}
