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
export const layerOf = (index = state.layer) => model().layers[index] ?? model().layers[0];
export const layerKey = (layer = state.layer) => `${state.model}.${layer}`;
export const unitOf = (layer = state.layer) => Math.min(state.units[layerKey(layer)] ?? 0, layerOf(layer).units - 1);
export const pinsOf = (layer = state.layer) => state.pins[layerKey(layer)] ?? [];
export const quantityOf = (layer, id) => layerOf(layer).quantities.find(quantity => quantity.id === id);
export const isForced = () => Boolean(state.divergence[state.model]);

export function chooseUnit(unit, layer = state.layer) {
    set({ layer, units: { ...state.units, [layerKey(layer)]: unit } });
}

export function togglePin(unit, layer = state.layer) {
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
    const put = (name, value, usual) => {
        if (value !== usual && value !== '' && value !== undefined) {
            parts.set(name, value);
        }
    };
    put('m', state.model, 0);
    put('l', state.layer, 0);
    put('al', state.allLayers ? 1 : 0, 1);
    put('v', state.view, 'replay');
    put('r', `${state.from}-${state.to}`);
    put('c', state.cursor, 0);
    put('s', state.sort, 'number');
    put('by', state.by, '');
    put('w', state.show, 'base');
    put('t', state.trace, 'state');
    put('ch', list(state.channels));
    put('o', state.output, 0);
    put('lh', state.height, 56);
    put('x', list(state.hidden));
    put('th', state.theme, 'auto');
    put('lp', state.loop, 'off');
    put('sp', state.speed, 10);
    put('fl', state.follow ? 1 : 0, 0);
    put('tol', state.tolerance, 0.05);
    put('st', state.statisticsTrack, 'base');
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

/** Reads an address; what it does not name, or names wrongly, stays as it is. */
export function fromHash(hash) {
    const parts = new URLSearchParams(hash.replace(/^#/, ''));
    const models = state.session.models;
    const patch = {};
    const whole = (name, key, low, high) => {
        const value = Number(parts.get(key));
        if (parts.has(key) && Number.isFinite(value)) {
            patch[name] = clamp(Math.round(value), low, high);
        }
    };
    const oneOf = (name, key, values) => {
        if (values.includes(parts.get(key))) {
            patch[name] = parts.get(key);
        }
    };
    whole('model', 'm', 0, models.length - 1);
    const layers = models[patch.model ?? state.model].layers;
    whole('layer', 'l', 0, layers.length - 1);
    whole('cursor', 'c', state.firstStep, Math.max(state.firstStep, state.steps - 1));
    whole('output', 'o', 0, models[patch.model ?? state.model].outputs.length - 1);
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
    for (const [name, key] of [['allLayers', 'al']]) {
        if (parts.has(key)) {
            patch[name] = parts.get(key) === '1';
        }
    }
    for (const [name, key] of [['speed', 'sp'], ['tolerance', 'tol']]) {
        if (Number(parts.get(key)) > 0) {
            patch[name] = Number(parts.get(key));
        }
    }
    if (parts.has('ch')) {
        patch.channels = numbers(parts.get('ch')).filter(channel => channel < state.session.input.names.length);
    }
    if (parts.has('x')) {
        patch.hidden = parts.get('x').split('_').filter(Boolean);
    }
    if (parts.has('u')) {
        patch.units = Object.fromEntries(pairs(parts.get('u')).map(([key, unit]) => [key, Number(unit) || 0]));
    }
    if (parts.has('p')) {
        patch.pins = Object.fromEntries(pairs(parts.get('p')).map(([key, pins]) => [key, knownUnits(key, numbers(pins))]));
    }
    if (/^\d+-\d+$/.test(parts.get('r') ?? '')) {
        Object.assign(patch, range(...parts.get('r').split('-').map(Number)));
    }
    patch.forces = Object.fromEntries(pairs(parts.get('f')).map(([id, forces]) => [id, forces.split('+').map(readForce).filter(force => isKnownForce(id, force))]));
    patch.cuts = Object.fromEntries(pairs(parts.get('cut')).map(([id, cuts]) => [id, numbers(cuts).filter(layer => models[id]?.layers[layer])]));
    set(patch);
}

function isKnownForce(id, force) {
    const layer = state.session.models[id]?.layers[force.layer];
    const gate = layer?.quantities.find(quantity => quantity.id === force.gate);
    return Boolean(gate?.forceable) && ['open', 'closed', 'value', 'hold'].includes(force.how) && force.value >= 0 && force.value <= 1
        && force.units.every(unit => unit < layer.units);
}

function knownUnits(key, units) {
    const [id, layer] = key.split('.').map(Number);
    const count = state.session.models[id]?.layers[layer]?.units ?? 0;
    return units.filter(unit => unit < count);
}
